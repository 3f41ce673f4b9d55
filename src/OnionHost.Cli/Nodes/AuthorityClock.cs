using OnionHost.Network;
using OnionHost.Network.Authority;
using OnionHost.Protocol;

namespace OnionHost.Cli.Nodes;

/// <summary>
/// Compares an authority's clock with those of the others, by the dates of their answers. Authorities vote at the same moments, so
/// one whose clock is off is worse than none. A running authority goes on comparing, at every vote.
/// </summary>
internal sealed class AuthorityClock(NodeContext node, IReadOnlyList<DirectoryAuthority> others, TimeSpan tolerance)
{
    private static readonly TimeSpan TimeToAnswer = TimeSpan.FromSeconds(5);

    /// <summary>Asks every other authority once.</summary>
    /// <returns>What is wrong, if the clocks of more than half of all authorities agree that ours is off; else null.</returns>
    public async Task<TorException?> CheckAsync(CancellationToken stop)
    {
        var ahead = await Task.WhenAll(others.Select(authority => AheadAsync(authority, stop)));
        var offset = ClockOffset.Of(ahead.OfType<TimeSpan>(), tolerance);
        if (offset.Agreeing * 2 <= others.Count + 1)
        {
            return null;
        }

        return new TorException(
            TorErrorKind.Local,
            $"This machine's clock is {offset.Amount} {offset.Direction} the clocks of {offset.Agreeing} of the {others.Count} other authorities. "
            + "Authorities vote at the same moments: set the clock, for example with NTP, and start again.")
        {
            Cause = TorCause.ClockOff,
        };
    }

    private async Task<TimeSpan?> AheadAsync(DirectoryAuthority authority, CancellationToken stop)
    {
        var peer = new AuthorityPeer(node, authority, TimeToAnswer);
        try
        {
            await peer.GetAsync("/tor/keys/authority", stop);
        }
        catch (Exception fault) when (fault is TorException or OperationCanceledException)
        {
            stop.ThrowIfCancellationRequested();
        }

        return peer.ClockAhead;
    }
}
