using OnionHost.Protocol.Directory.Consensuses;

namespace OnionHost.Protocol.Directory.Voting;

/// <summary>Combines the parameters that the votes want (dir-spec 3.8): enough voters, then the low median.</summary>
public static class ParameterVote
{
    // Where three authorities agree that a parameter is needed, a value exists even in a large network.
    private const int AlwaysEnough = 3;

    /// <summary>The parameters of the consensus.</summary>
    /// <param name="votes">Each vote's parameters.</param>
    /// <param name="totalAuthorities">The number of authorities that exist, those without a vote included.</param>
    public static NetworkParameters Combine(IEnumerable<NetworkParameters> votes, int totalAuthorities) =>
        NetworkParameters.From(votes.SelectMany(v => v.Values)
            .GroupBy(p => p.Key, p => p.Value, StringComparer.Ordinal)
            .Where(g => g.Count() > totalAuthorities / 2 || g.Count() >= AlwaysEnough)
            .Select(g => KeyValuePair.Create(g.Key, LowMedian.Of(g))));
}
