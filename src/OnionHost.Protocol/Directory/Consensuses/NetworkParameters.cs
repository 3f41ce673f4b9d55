using System.Collections.Immutable;
using System.Globalization;

namespace OnionHost.Protocol.Directory.Consensuses;

/// <summary>The <c>params</c> of a vote or a consensus (dir-spec 3.4.1): names to 32-bit integers, sorted by name.</summary>
public sealed class NetworkParameters
{
    private const int MostParameters = 4096;

    private NetworkParameters(ImmutableSortedDictionary<string, int> values)
    {
        Values = values;
    }

    /// <summary>No parameter at all: every reader gets its default.</summary>
    public static NetworkParameters Empty { get; } = new(ImmutableSortedDictionary.Create<string, int>(StringComparer.Ordinal));

    /// <summary>All parameters, in ordinal order of their names.</summary>
    public ImmutableSortedDictionary<string, int> Values { get; }

    /// <summary>Takes the given parameters.</summary>
    public static NetworkParameters From(IEnumerable<KeyValuePair<string, int>> values) =>
        new(values.ToImmutableSortedDictionary(StringComparer.Ordinal));

    /// <summary>Reads the arguments of a <c>params</c> line: <c>name=value</c>, names strictly ascending.</summary>
    /// <exception cref="ProtocolException">An argument has another form, or the names are not in order.</exception>
    public static NetworkParameters Parse(IEnumerable<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        var values = ImmutableSortedDictionary.CreateBuilder<string, int>(StringComparer.Ordinal);
        string? last = null;
        foreach (var argument in arguments)
        {
            var split = argument.IndexOf('=', StringComparison.Ordinal);
            if (split <= 0 || !int.TryParse(argument.AsSpan(split + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
            {
                throw new ProtocolException("A network parameter is not name=integer.");
            }

            var name = argument[..split];
            if (last is not null && string.CompareOrdinal(last, name) >= 0)
            {
                throw new ProtocolException("The network parameters are not in order.");
            }

            if (values.Count == MostParameters)
            {
                throw new ProtocolException($"More than {MostParameters} network parameters.");
            }

            values[name] = value;
            last = name;
        }

        return new NetworkParameters(values.ToImmutable());
    }

    /// <summary>A parameter's value, brought into its range; <paramref name="defaultValue"/> if the network does not set it.</summary>
    public int GetInt(string name, int defaultValue, int min = int.MinValue, int max = int.MaxValue) =>
        Math.Clamp(Values.TryGetValue(name, out var value) ? value : defaultValue, min, max);

    /// <summary>The arguments of the <c>params</c> line: <c>name=value</c> separated by spaces.</summary>
    public override string ToString() => string.Join(' ', Values.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Key}={p.Value}")));
}
