using System.Collections.Frozen;
using System.Collections.Immutable;

namespace OnionHost.Protocol.Directory;

/// <summary>The words for <see cref="RelayFlags"/> in votes and consensuses (dir-spec 3.4.1).</summary>
public static class RelayFlagNames
{
    private static readonly FrozenDictionary<string, RelayFlags> ByName =
        Enum.GetValues<RelayFlags>().Where(f => f != RelayFlags.None).ToFrozenDictionary(f => f.ToString(), StringComparer.Ordinal);

    /// <summary>All names, sorted by their bytes as <c>known-flags</c> wants them.</summary>
    public static ImmutableArray<string> All { get; } = [.. ByName.Keys.Order(StringComparer.Ordinal)];

    /// <summary>One flag from its name; false if it is not known here.</summary>
    public static bool TryParse(string name, out RelayFlags flag) => ByName.TryGetValue(name, out flag);

    /// <summary>The flags named by the words; unknown words are skipped.</summary>
    public static RelayFlags Parse(ReadOnlySpan<string> words)
    {
        var flags = RelayFlags.None;
        foreach (var word in words)
        {
            flags |= ByName.GetValueOrDefault(word);
        }

        return flags;
    }

    /// <summary>The names of the flags that are set, sorted by their bytes, with one space between.</summary>
    public static string Format(RelayFlags flags) => string.Join(' ', All.Where(name => (flags & ByName[name]) != 0));
}
