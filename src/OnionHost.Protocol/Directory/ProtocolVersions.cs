using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace OnionHost.Protocol.Directory;

/// <summary>
/// Which subprotocol versions somebody speaks: a <c>proto</c> or <c>pr</c> line such as <c>HSDir=2 Link=4-5</c>
/// (tor-spec 9). Versions are 0 to 63.
/// </summary>
public sealed class ProtocolVersions : IEquatable<ProtocolVersions>
{
    private const int MaximumName = 100;
    private const int MaximumEntries = 256;

    private readonly ImmutableSortedDictionary<string, ulong> _masks;

    private ProtocolVersions(ImmutableSortedDictionary<string, ulong> masks)
    {
        _masks = masks;
    }

    /// <summary>No subprotocol at all.</summary>
    public static ProtocolVersions Empty { get; } =
        new(ImmutableSortedDictionary.Create<string, ulong>(StringComparer.Ordinal));

    /// <summary>The subprotocols in byte order of their names, each with a mask: bit n is set if version n is spoken.</summary>
    public IReadOnlyDictionary<string, ulong> Masks => _masks;

    /// <summary>Reads <c>Name=1,3-5 Other=2</c>.</summary>
    /// <exception cref="ProtocolException">It is not of that form.</exception>
    public static ProtocolVersions Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var masks = Empty._masks.ToBuilder();
        foreach (var entry in text.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
        {
            var split = entry.IndexOf('=', StringComparison.Ordinal);
            if (split is < 1 or > MaximumName || !IsName(entry.AsSpan(0, split)) || masks.Count == MaximumEntries)
            {
                throw new ProtocolException("A subprotocol entry is not of the form Name=versions.");
            }

            var name = entry[..split];
            masks[name] = masks.GetValueOrDefault(name) | ParseMask(entry.AsSpan(split + 1));
        }

        return masks.Count == 0 ? Empty : new ProtocolVersions(masks.ToImmutable());
    }

    /// <summary>Makes a list from masks: bit n of a mask is version n.</summary>
    public static ProtocolVersions FromMasks(IEnumerable<KeyValuePair<string, ulong>> masks) =>
        new(masks.ToImmutableSortedDictionary(StringComparer.Ordinal));

    /// <summary>True if the version is spoken.</summary>
    public bool Supports(string name, int version) =>
        version is >= 0 and < 64 && _masks.TryGetValue(name, out var mask) && (mask >> version & 1) != 0;

    /// <summary>True if everything in <paramref name="required"/> is spoken.</summary>
    public bool SupportsAll(ProtocolVersions required)
    {
        ArgumentNullException.ThrowIfNull(required);
        return required._masks.All(r => (_masks.GetValueOrDefault(r.Key) & r.Value) == r.Value);
    }

    /// <inheritdoc/>
    public bool Equals(ProtocolVersions? other) => other is not null && _masks.SequenceEqual(other._masks);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ProtocolVersions);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>The canonical text: names in byte order, versions ascending, runs as ranges.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var (name, mask) in _masks)
        {
            text.Append(text.Length == 0 ? string.Empty : " ").Append(name).Append('=');
            AppendVersions(text, mask);
        }

        return text.ToString();
    }

    private static void AppendVersions(StringBuilder text, ulong mask)
    {
        var first = true;
        for (var low = 0; low < 64; low++)
        {
            if ((mask >> low & 1) == 0)
            {
                continue;
            }

            var high = low;
            while (high < 63 && (mask >> (high + 1) & 1) != 0)
            {
                high++;
            }

            text.Append(first ? string.Empty : ",").Append(CultureInfo.InvariantCulture, $"{low}");
            if (high > low)
            {
                text.Append(CultureInfo.InvariantCulture, $"-{high}");
            }

            (first, low) = (false, high);
        }
    }

    private static bool IsName(ReadOnlySpan<char> name)
    {
        foreach (var character in name)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character != '-')
            {
                return false;
            }
        }

        return true;
    }

    private static ulong ParseMask(ReadOnlySpan<char> versions)
    {
        var mask = 0UL;
        if (versions.IsEmpty)
        {
            return mask;
        }

        foreach (var part in versions.Split(','))
        {
            var range = versions[part];
            var dash = range.IndexOf('-');
            var low = Version(dash < 0 ? range : range[..dash]);
            var high = dash < 0 ? low : Version(range[(dash + 1)..]);
            if (high < low)
            {
                throw new ProtocolException("A range of subprotocol versions runs backwards.");
            }

            mask |= (ulong.MaxValue >> (63 - high)) & (ulong.MaxValue << low);
        }

        return mask;
    }

    private static int Version(ReadOnlySpan<char> text) =>
        byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version < 64
            ? version
            : throw new ProtocolException("A subprotocol version is not a number from 0 to 63.");
}
