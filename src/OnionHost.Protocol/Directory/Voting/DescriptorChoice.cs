namespace OnionHost.Protocol.Directory.Voting;

/// <summary>
/// Chooses the descriptor and the address of a relay, taken together (dir-spec 3.8): the most voted, then the latest
/// published, then the one with the smallest digest.
/// </summary>
internal static class DescriptorChoice
{
    /// <summary>The entries that vote for the winner, at least one.</summary>
    public static List<VoteRelay> Winners(CollatedRelay relay) =>
        relay.Votes.Select(v => v.Relay)
            .GroupBy(r => (r.DescriptorDigest, r.Published, r.Nickname, r.Address, r.OrPort, r.DirPort))
            .OrderByDescending(g => g.Count())
            .ThenByDescending(g => g.Key.Published)
            .ThenBy(g => g.Key.DescriptorDigest)
            .ThenByDescending(g => g.Key.Nickname.ToString(), StringComparer.Ordinal)
            .ThenBy(g => g.Key.Address.ToString(), StringComparer.Ordinal)
            .ThenBy(g => g.Key.OrPort).ThenBy(g => g.Key.DirPort)
            .First().ToList();
}
