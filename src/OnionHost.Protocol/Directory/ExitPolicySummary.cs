using System.Collections.Immutable;

namespace OnionHost.Protocol.Directory;

/// <summary>
/// The ports that an exit opens for nearly every address: a <c>p</c>, <c>p6</c> or <c>ipv6-policy</c> line such as
/// <c>accept 80,443</c> (dir-spec 3.4.1). It cannot name addresses, so the exit may still refuse.
/// </summary>
public sealed class ExitPolicySummary : IEquatable<ExitPolicySummary>
{
    /// <summary>The longest text, in characters.</summary>
    public const int MaximumLength = 1000;

    private readonly string _text;

    private ExitPolicySummary(bool isAccept, ImmutableArray<PortRange> ports)
    {
        IsAccept = isAccept;
        Ports = ports;
        _text = (isAccept ? "accept " : "reject ") + string.Join(',', ports);
    }

    /// <summary>Refuses every port.</summary>
    public static ExitPolicySummary RejectAll { get; } = new(false, [PortRange.All]);

    /// <summary>Opens every port.</summary>
    public static ExitPolicySummary AcceptAll { get; } = new(true, [PortRange.All]);

    /// <summary>True if <see cref="Ports"/> are open and all others closed; false for the reverse.</summary>
    public bool IsAccept { get; }

    /// <summary>The ports that the text lists.</summary>
    public ImmutableArray<PortRange> Ports { get; }

    /// <summary>True if no port is open.</summary>
    public bool IsRejectAll => !IsAccept && Ports.Contains(PortRange.All);

    /// <summary>Reads <c>accept PORTS</c> or <c>reject PORTS</c>; entries that are no ports are skipped, as stock does.</summary>
    /// <exception cref="ProtocolException">The first word is another, or no port is left.</exception>
    public static ExitPolicySummary Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var isAccept = text.StartsWith("accept ", StringComparison.Ordinal);
        if (!isAccept && !text.StartsWith("reject ", StringComparison.Ordinal))
        {
            throw new ProtocolException("A policy summary must begin with 'accept' or 'reject'.");
        }

        var ports = ImmutableArray.CreateBuilder<PortRange>();
        foreach (var word in text[7..].Split(','))
        {
            if (PortRange.TryParse(word, out var range))
            {
                ports.Add(range);
            }
        }

        return ports.Count > 0
            ? new ExitPolicySummary(isAccept, ports.DrainToImmutable())
            : throw new ProtocolException("A policy summary lists no ports.");
    }

    /// <summary>True if the summary opens the port.</summary>
    public bool Allows(int port)
    {
        foreach (var range in Ports)
        {
            if (range.Contains(port))
            {
                return IsAccept;
            }
        }

        return !IsAccept;
    }

    /// <inheritdoc/>
    public bool Equals(ExitPolicySummary? other) => other is not null && _text == other._text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ExitPolicySummary);

    /// <inheritdoc/>
    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);

    /// <summary>The text, as documents carry it.</summary>
    public override string ToString() => _text;
}
