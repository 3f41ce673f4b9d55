using System.Globalization;

namespace OnionHost.Network.Authority.Flags;

/// <summary>The limits behind the flags, computed from all running relays for each vote (dir-spec 3.4.2).</summary>
internal sealed record FlagThresholds
{
    private static readonly TimeSpan StableUptimeEnough = TimeSpan.FromDays(30);
    private static readonly TimeSpan StableRunEnough = TimeSpan.FromDays(5);
    private static readonly TimeSpan GuardKnownEnough = TimeSpan.FromDays(8);
    private const double GuardFractionEnough = 0.98;

    /// <summary>Uptime of a stable relay.</summary>
    public TimeSpan StableUptime { get; private init; } = StableUptimeEnough;

    /// <summary>Mean time between failures of a stable relay.</summary>
    public TimeSpan StableRun { get; private init; } = StableRunEnough;

    /// <summary>Bandwidth of a fast relay, bytes a second.</summary>
    public ulong Fast { get; private init; }

    /// <summary>Bandwidth of a guard, bytes a second.</summary>
    public ulong Guard { get; private init; }

    /// <summary>Share of the time that a guard runs.</summary>
    public double GuardFraction { get; private init; } = GuardFractionEnough;

    /// <summary>For how long a guard is known.</summary>
    public TimeSpan GuardKnown { get; private init; } = GuardKnownEnough;

    /// <summary>Computes the limits.</summary>
    /// <param name="running">The relays that run.</param>
    /// <param name="options">Fixed bounds of the limits.</param>
    /// <param name="now">The present time.</param>
    public static FlagThresholds Compute(IReadOnlyList<FlagCandidate> running, FlagOptions options, DateTimeOffset now)
    {
        if (running.Count == 0)
        {
            return new FlagThresholds { Fast = options.FastAtLeast, Guard = options.GuardEnough };
        }

        var bandwidths = running.Select(r => r.Bandwidth).Order().ToList();
        var known = Min(Quantile(running.Select(r => r.History.TimeKnown(now)), 1, 8), GuardKnownEnough);
        var familiar = running.Where(r => r.History.TimeKnown(now) >= known).Select(r => r.History.FractionalUptime(now));
        return new FlagThresholds
        {
            StableUptime = Min(Quantile(running.Select(r => r.Uptime(now)), 1, 2), StableUptimeEnough),
            StableRun = Min(Quantile(running.Select(r => r.History.MeanRun(now)), 1, 2), StableRunEnough),
            Fast = Math.Clamp(bandwidths[bandwidths.Count / 8], options.FastAtLeast, options.FastEnough),
            Guard = Math.Min(bandwidths[Math.Min(bandwidths.Count - 1, bandwidths.Count * 3 / 4)], options.GuardEnough),
            GuardFraction = Math.Min(Quantile(familiar, 1, 2), GuardFractionEnough),
            GuardKnown = known,
        };
    }

    /// <summary>The arguments of a vote's <c>flag-thresholds</c> line.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"stable-uptime={(long)StableUptime.TotalSeconds} stable-mtbf={(long)StableRun.TotalSeconds} fast-speed={Fast} guard-wfu={GuardFraction * 100:F3}% guard-tk={(long)GuardKnown.TotalSeconds} guard-bw-inc-exits={Guard}");

    private static T Quantile<T>(IEnumerable<T> values, int numerator, int denominator)
    {
        var sorted = values.Order().ToList();
        return sorted[Math.Min(sorted.Count - 1, sorted.Count * numerator / denominator)];
    }

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
