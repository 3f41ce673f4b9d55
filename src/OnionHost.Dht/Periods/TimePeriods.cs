using OnionHost.Network.Directory;
using OnionHost.Protocol.Identities;

namespace OnionHost.Dht.Periods;

/// <summary>
/// Time periods of onion services and their place in the shared randomness run (rend-spec-v3 2.2.1 and 2.2.4). Everything follows
/// the valid-after time of the consensus, never the wall clock: both ends must see the same.
/// </summary>
internal static class TimePeriods
{
    /// <summary>Voting rounds of one shared randomness run: 12 to commit, 12 to reveal.</summary>
    public const int RoundsPerRun = 24;

    private const int ShortestMinutes = 5;
    private const int LongestMinutes = 14400;

    /// <summary>The period that contains <paramref name="validAfter"/>.</summary>
    public static TimePeriod At(DateTimeOffset validAfter, uint lengthMinutes, TimeSpan votingInterval)
    {
        var offset = (long)(votingInterval * (RoundsPerRun / 2)).TotalMinutes;
        var minutes = Math.Max(0, (validAfter.ToUnixTimeSeconds() / 60) - offset);
        return new TimePeriod((ulong)minutes / lengthMinutes, lengthMinutes);
    }

    /// <summary>The period of a consensus.</summary>
    public static TimePeriod At(NetworkView view) => At(view.ValidAfter, LengthMinutes(view), VotingInterval(view));

    /// <summary>When a period begins: half a run after a multiple of its length.</summary>
    public static DateTimeOffset StartOf(TimePeriod period, TimeSpan votingInterval) =>
        DateTimeOffset.UnixEpoch.AddMinutes((double)period.Number * period.LengthMinutes) + (votingInterval * (RoundsPerRun / 2));

    /// <summary>When the shared randomness run began that contains <paramref name="validAfter"/>.</summary>
    public static DateTimeOffset StartOfRun(DateTimeOffset validAfter, TimeSpan votingInterval)
    {
        var run = (long)(votingInterval * RoundsPerRun).TotalSeconds;
        return DateTimeOffset.FromUnixTimeSeconds(validAfter.ToUnixTimeSeconds() / run * run);
    }

    /// <summary>
    /// From when on the seconds are counted in the revision counters of a period's descriptors: from the beginning of the shared
    /// randomness run that it begins in, as in stock tor, so that directories take the descriptors of an address that moves from one
    /// to the other. Where periods and runs differ in length, a descriptor may be made before that, and the counting begins earlier.
    /// </summary>
    public static DateTimeOffset StartOfCounting(TimePeriod period, TimeSpan votingInterval)
    {
        var start = DateTimeOffset.UnixEpoch.AddMinutes((double)period.Number * period.LengthMinutes);
        var length = TimeSpan.FromMinutes(period.LengthMinutes);
        return length == votingInterval * RoundsPerRun ? start : start - (2 * length);
    }

    /// <summary>
    /// True from the start of a period until the next shared random value: the time in which the current value belongs to the
    /// current period. Before that, a new value already stands in the consensus while the old period still runs.
    /// </summary>
    public static bool IsBetweenTimePeriodAndSharedRandom(DateTimeOffset validAfter, uint lengthMinutes, TimeSpan votingInterval)
    {
        var run = StartOfRun(validAfter, votingInterval);
        var next = At(run, lengthMinutes, votingInterval).Next;
        return validAfter < run || validAfter >= StartOf(next, votingInterval);
    }

    /// <summary>
    /// The period length of a network: <c>hsdir_interval</c>, or one shared randomness run. On the public network both are a day;
    /// networks that vote faster shorten the period with the run.
    /// </summary>
    public static uint LengthMinutes(NetworkView view)
    {
        var run = (int)Math.Clamp((VotingInterval(view) * RoundsPerRun).TotalMinutes, 1, LongestMinutes);
        return (uint)view.Parameters.GetInt("hsdir_interval", run, Math.Min(run, ShortestMinutes), LongestMinutes);
    }

    /// <summary>How often the network votes.</summary>
    public static TimeSpan VotingInterval(NetworkView view)
    {
        var interval = view.Consensus.FreshUntil - view.Consensus.ValidAfter;
        return interval >= TimeSpan.FromSeconds(1) ? interval : TimeSpan.FromHours(1);
    }
}
