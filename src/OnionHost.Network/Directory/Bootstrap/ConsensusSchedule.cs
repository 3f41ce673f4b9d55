using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory.Consensuses;

namespace OnionHost.Network.Directory.Bootstrap;

/// <summary>When to ask for the next consensus (dir-spec 5.1, 5.2), scaled to the network's interval.</summary>
internal static class ConsensusSchedule
{
    private const int QuickRetries = 20;

    private static readonly TimeSpan LongestCacheDelay = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstBootstrapRetry = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestBootstrapRetry = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestQuickRetry = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(10);

    /// <summary>
    /// When the successor of a consensus is due. Caches come right after it stopped being fresh; clients at a random time between
    /// three quarters of an interval later and seven eighths of what is left until it ends, when the caches have it.
    /// </summary>
    public static DateTimeOffset Renewal(Consensus current, bool isCache, IRandomSource random)
    {
        var interval = current.FreshUntil - current.ValidAfter;
        if (isCache)
        {
            var delay = Min(LongestCacheDelay, interval / 16);
            return current.FreshUntil + delay + (delay * random.NextDouble());
        }

        var start = current.FreshUntil + (interval * 0.75);
        start = start < current.ValidUntil ? start : current.FreshUntil;
        return start + ((current.ValidUntil - start) * 0.875 * random.NextDouble());
    }

    /// <summary>How long to wait after failures: longer and longer, but without any consensus not long at first.</summary>
    public static TimeSpan Retry(Consensus? current, int failures, IRandomSource random)
    {
        var steps = Math.Clamp(failures - 1, 0, 30);
        var wait = current is not null
            ? Min(Min(LongestRetry, (current.FreshUntil - current.ValidAfter) / 4), FirstRetry * Math.Pow(2, steps))
            : Min(failures <= QuickRetries ? LongestQuickRetry : LongestBootstrapRetry, FirstBootstrapRetry * Math.Pow(1.5, steps));
        return wait * (0.75 + (0.5 * random.NextDouble()));
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
