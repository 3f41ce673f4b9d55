using OnionHost.Protocol.Directory.Consensuses;

namespace OnionHost.Protocol.Directory.Voting;

/// <summary>Adds up the bandwidth of guards, exits, both and neither, from which the bandwidth weights follow (dir-spec 3.8.3).</summary>
internal sealed class BandwidthTotals
{
    // One each, so that no division by zero can happen.
    private long _guard = 1;
    private long _middle = 1;
    private long _exit = 1;
    private long _both = 1;

    /// <summary>Adds a relay of the consensus.</summary>
    public void Add(RelayVerdict relay)
    {
        var bandwidth = relay.Bandwidth ?? 0;
        var exit = relay.Flags.Contains("Exit") && !relay.Flags.Contains("BadExit");
        if (relay.Flags.Contains("Guard"))
        {
            _ = exit ? _both += bandwidth : _guard += bandwidth;
        }
        else
        {
            _ = exit ? _exit += bandwidth : _middle += bandwidth;
        }
    }

    /// <summary>The weights; null if nothing balances.</summary>
    public BandwidthWeights? Weights() => BandwidthWeights.Compute(_guard, _middle, _exit, _both);
}
