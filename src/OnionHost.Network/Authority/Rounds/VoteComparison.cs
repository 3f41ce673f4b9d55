using System.Collections.Immutable;
using System.Globalization;
using OnionHost.Protocol.Directory.Voting;

namespace OnionHost.Network.Authority.Rounds;

/// <summary>
/// Finds out whether the other authorities hold the same votes (the paper's rebroadcast round), in a way that every authority
/// answers: all votes are asked for by digest, and the head of the answer says how long those are that are there. Only one that
/// does not hold all of them is asked what it holds instead.
/// </summary>
internal sealed class VoteComparison(AuthorityPeers peers)
{
    private const string NextPath = "/tor/status-vote/next/";

    /// <summary>Asks all.</summary>
    /// <param name="held">The votes that are here.</param>
    /// <param name="take">Is given the votes of the same authorities that another one holds, where they are not the same.</param>
    /// <param name="ct">Gives up.</param>
    public Task CompareAsync(ImmutableArray<Vote> held, Action<ReadOnlyMemory<byte>> take, CancellationToken ct)
    {
        var byDigest = NextPath + "d/" + string.Join('+', held.Select(v => v.Digest));
        var byVoter = NextPath + string.Join('+', held.Select(v => v.Voter));
        var length = held.Sum(v => (long)v.Document.Length).ToString(CultureInfo.InvariantCulture);
        return peers.EachAsync("comparison of votes", async peer =>
        {
            // Any vote that it lacks makes the answer shorter.
            var head = await peer.GetHeadAsync(byDigest, ct);
            if (!head.IsOk || head.Headers.GetValueOrDefault("Content-Length") != length)
            {
                await AuthorityPeers.FetchAsync(peer, byVoter, take, ct);
            }
        });
    }
}
