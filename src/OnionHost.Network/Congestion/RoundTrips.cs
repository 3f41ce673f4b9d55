namespace OnionHost.Network.Congestion;

/// <summary>
/// The round trips of a circuit, in microseconds: an average over the last few, the shortest and the longest (proposal 324,
/// section 2). A clock that stands still or jumps is noticed, and what it measured is not used.
/// </summary>
internal struct RoundTrips
{
    /// <summary>A round trip that differs from the average by more than this factor comes from the clock.</summary>
    private const long Discrepancy = 5000;

    private bool _isClockBroken;

    /// <summary>The average; 0 before the first measurement.</summary>
    public long Average { get; private set; }

    /// <summary>The shortest average; the round trip of an empty path.</summary>
    public long Shortest { get; private set; }

    /// <summary>The longest single one.</summary>
    public long Longest { get; private set; }

    /// <summary>True after a measurement of zero, until one that fits.</summary>
    public readonly bool IsClockBroken => _isClockBroken;

    /// <summary>Takes a measurement; false if the clock cannot be trusted.</summary>
    /// <param name="microseconds">From sending a cell to its SENDME.</param>
    /// <param name="count">How many measurements the average is over.</param>
    /// <param name="isSlowStart">True while the average means little.</param>
    /// <param name="resetPercent">How far the shortest is raised to the average; null if the window is not at its smallest.</param>
    public bool TryAdd(long microseconds, int count, bool isSlowStart, int? resetPercent)
    {
        if (IsStalledOrJumped(Average, microseconds, isSlowStart))
        {
            return false;
        }

        Average = MovingAverage(microseconds, Average, count);
        Longest = Math.Max(Longest, microseconds);
        if (Shortest == 0)
        {
            Shortest = Average;
        }
        else if (resetPercent is { } percent)
        {
            // A shortest round trip that was never real would hold the window down for ever.
            var (low, high) = (Math.Min(Average, Shortest), Math.Max(Average, Shortest));
            Shortest = (percent * high / 100) + ((100 - percent) * low / 100);
        }
        else
        {
            Shortest = Math.Min(Shortest, Average);
        }

        return true;
    }

    /// <summary>The N-count exponential average: the newest value weighs 2/(N+1).</summary>
    internal static long MovingAverage(long value, long before, int count) =>
        before == 0 ? value : ((2 * value) + ((count - 1) * before)) / (count + 1);

    /// <summary>True if <paramref name="value"/> says more about the clock than about the path.</summary>
    internal bool IsStalledOrJumped(long before, long value, bool isSlowStart)
    {
        if (value <= 0)
        {
            _isClockBroken = true;
            return true;
        }

        if (isSlowStart || before == 0)
        {
            return false;
        }

        if (before > value * Discrepancy)
        {
            // A much shorter round trip may be real: only if the clock stood still lately, it is not.
            return _isClockBroken;
        }

        if (value > before * Discrepancy)
        {
            return true;
        }

        _isClockBroken = false;
        return false;
    }
}
