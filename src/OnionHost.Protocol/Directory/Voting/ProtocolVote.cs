namespace OnionHost.Protocol.Directory.Voting;

/// <summary>Combines lists of subprotocol versions: each version that enough votes list (dir-spec 3.8).</summary>
internal static class ProtocolVote
{
    /// <summary>The versions that at least <paramref name="needed"/> lists contain.</summary>
    public static ProtocolVersions Combine(IReadOnlyList<ProtocolVersions> lists, int needed) =>
        ProtocolVersions.FromMasks(lists.SelectMany(l => l.Masks.Keys).Distinct()
            .Select(name => KeyValuePair.Create(name, Mask(lists, name, needed)))
            .Where(p => p.Value != 0));

    private static ulong Mask(IReadOnlyList<ProtocolVersions> lists, string name, int needed)
    {
        var mask = 0UL;
        for (var version = 0; version < 64; version++)
        {
            mask |= lists.Count(l => l.Supports(name, version)) >= needed ? 1UL << version : 0;
        }

        return mask;
    }
}
