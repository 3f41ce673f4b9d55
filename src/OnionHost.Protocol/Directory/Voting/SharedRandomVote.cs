using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Directory.SharedRandom;

namespace OnionHost.Protocol.Directory.Voting;

/// <summary>The shared random values that enough votes agree on (srv-spec 4.1.3, 4.1.4).</summary>
internal sealed class SharedRandomVote
{
    /// <summary>Counts the votes.</summary>
    /// <param name="votes">All votes.</param>
    /// <param name="totalAuthorities">The number of authorities that exist.</param>
    /// <param name="parametersIfFresh">The parameters of the consensus if a value was just computed, which needs more agreement; else null.</param>
    public SharedRandomVote(IReadOnlyList<VoteContent> votes, int totalAuthorities, NetworkParameters? parametersIfFresh)
    {
        var needed = (totalAuthorities / 2) + 1;
        if (parametersIfFresh is not null)
        {
            needed = Math.Max(needed, parametersIfFresh.GetInt("AuthDirNumSRVAgreements", totalAuthorities * 2 / 3));
        }

        Previous = Agreed(votes, v => v.SharedRandomPrevious, needed);
        Current = Agreed(votes, v => v.SharedRandomCurrent, needed);
    }

    /// <summary>The value of the run before; null without agreement.</summary>
    public SharedRandomValue? Previous { get; }

    /// <summary>The value of this run; null without agreement.</summary>
    public SharedRandomValue? Current { get; }

    private static SharedRandomValue? Agreed(IReadOnlyList<VoteContent> votes, Func<VoteContent, SharedRandomValue?> of, int needed) =>
        votes.Where(v => v.SharedRandomParticipates).Select(of).OfType<SharedRandomValue>()
            .GroupBy(v => v.Value).Where(g => g.Count() >= needed)
            .OrderByDescending(g => g.Count()).ThenByDescending(g => g.Key)
            .Select(g => (SharedRandomValue?)g.First()).FirstOrDefault();
}
