using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Directory.Voting;

/// <summary>
/// Brings together what the votes say about the same relay (dir-spec 3.8.0.1): first by both identities, then, for
/// RSA identities without agreement on the Ed25519 one, by the RSA identity alone.
/// </summary>
internal static class RelayCollation
{
    /// <summary>The relays that more than half of all authorities list, ordered by fingerprint.</summary>
    public static List<CollatedRelay> Collate(IReadOnlyList<VoteContent> votes, int totalAuthorities)
    {
        var byFingerprint = new SortedDictionary<RelayFingerprint, List<VotedRelay>>();
        for (var voter = 0; voter < votes.Count; voter++)
        {
            foreach (var relay in votes[voter].Relays)
            {
                if (!byFingerprint.TryGetValue(relay.Fingerprint, out var list))
                {
                    byFingerprint.Add(relay.Fingerprint, list = []);
                }

                list.Add(new VotedRelay(voter, relay));
            }
        }

        return [.. byFingerprint.Values.Where(all => all.Count > totalAuthorities / 2).Select(all => Agreed(all, totalAuthorities))];
    }

    private static CollatedRelay Agreed(List<VotedRelay> all, int totalAuthorities)
    {
        var pair = all.Where(v => v.Relay.ListsEd25519).GroupBy(v => v.Relay.Ed25519).FirstOrDefault(g => g.Count() > totalAuthorities / 2);
        return pair is null
            ? new CollatedRelay(all, AgreesOnEd25519: false)
            : new CollatedRelay(all.Where(v => !v.Relay.ListsEd25519 || v.Relay.Ed25519 == pair.Key).ToList(), AgreesOnEd25519: true);
    }
}
