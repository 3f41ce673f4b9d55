namespace OnionHost.Network.Authority;

/// <summary>When the rounds are: valid-after times are the multiples of the interval since midnight UTC (dir-spec 1.4).</summary>
internal sealed class VotingSchedule
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);
    private static readonly TimeSpan ShortestDelay = TimeSpan.FromSeconds(2);

    /// <summary>Takes an interval from 10 s to 1 day; delays that do not leave half of it become a quarter each.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The interval or a delay is out of range.</exception>
    public VotingSchedule(TimeSpan interval, TimeSpan voteDelay, TimeSpan distributionDelay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(interval, Shortest);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(interval, Longest);
        ArgumentOutOfRangeException.ThrowIfLessThan(voteDelay, ShortestDelay);
        ArgumentOutOfRangeException.ThrowIfLessThan(distributionDelay, ShortestDelay);
        var isTooLong = voteDelay + distributionDelay > interval / 2;
        Interval = WholeSeconds(interval);
        VoteDelay = WholeSeconds(isTooLong ? interval / 4 : voteDelay);
        DistributionDelay = WholeSeconds(isTooLong ? interval / 4 : distributionDelay);
    }

    /// <summary>Time between two consensuses.</summary>
    public TimeSpan Interval { get; }

    /// <summary>How long votes are collected.</summary>
    public TimeSpan VoteDelay { get; }

    /// <summary>How long signatures are collected.</summary>
    public TimeSpan DistributionDelay { get; }

    /// <summary>The last valid-after time that is not after <paramref name="now"/>.</summary>
    public DateTimeOffset Current(DateTimeOffset now)
    {
        var midnight = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        return midnight + (Interval * ((now - midnight).Ticks / Interval.Ticks));
    }

    /// <summary>The first valid-after time after <paramref name="now"/>; each day begins anew at midnight.</summary>
    public DateTimeOffset Next(DateTimeOffset now)
    {
        var current = Current(now);
        var midnight = new DateTimeOffset(now.UtcDateTime.Date.AddDays(1), TimeSpan.Zero);

        // A remainder of the day that is shorter than half an interval belongs to the last round.
        return current + (Interval * 1.5) > midnight ? midnight : current + Interval;
    }

    /// <summary>The first round that can still be voted for in time.</summary>
    public RoundTimes NextToVote(DateTimeOffset now)
    {
        var next = Next(now);
        while (Times(next).Vote < now)
        {
            next = Next(next);
        }

        return Times(next);
    }

    /// <summary>The steps of a round.</summary>
    public RoundTimes Times(DateTimeOffset validAfter) => new(validAfter, this);

    private static TimeSpan WholeSeconds(TimeSpan time) => TimeSpan.FromSeconds(Math.Max(1, (long)time.TotalSeconds));
}
