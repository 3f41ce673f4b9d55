namespace OnionHost.Network.Paths;

/// <summary>
/// The build times of the last thousand circuits, and the Pareto curve through them (path-spec 2.4.2). Nothing but numbers: the
/// same times in any order give the same estimate. Not safe for concurrent use.
/// </summary>
internal sealed class BuildTimes
{
    /// <summary>Times that are kept; the oldest make room.</summary>
    public const int Most = 1000;

    private const int BinWidth = 10;

    /// <summary>A longer time comes from a clock that jumped.</summary>
    private const int Longest = 1_000_000;

    private readonly Queue<int> _times = new();

    /// <summary>Circuits that are remembered, the given-up ones included.</summary>
    public int Count => _times.Count;

    /// <summary>Remembers a complete circuit.</summary>
    public void Add(TimeSpan elapsed) => Enqueue((int)Math.Clamp(elapsed.TotalMilliseconds, 1, Longest));

    /// <summary>Remembers a circuit that was given up before it was complete.</summary>
    public void AddAbandoned() => Enqueue(0);

    /// <summary>Forgets everything.</summary>
    public void Clear() => _times.Clear();

    /// <summary>How often each time occurred, in bins of 10 ms, shortest first, by the middle of the bin; given-up circuits at 0.</summary>
    public IReadOnlyList<(int Milliseconds, int Count)> Histogram() =>
        [.. _times.GroupBy(Bin).OrderBy(bin => bin.Key).Select(bin => (bin.Key, bin.Count()))];

    /// <summary>The time within which this share of all circuits is complete; null while too little is known.</summary>
    /// <param name="quantile">The share, above 0 and below 1.</param>
    /// <param name="modes">From how many of the most frequent times the smallest likely one is taken.</param>
    /// <param name="minimum">How many circuits must be known.</param>
    public TimeSpan? Estimate(double quantile, int modes, int minimum)
    {
        var known = _times.Where(time => time > 0).ToList();
        if (_times.Count < minimum || known.Count == 0)
        {
            return null;
        }

        // The curve begins at the mean of the most frequent times; whatever was faster counts as if it had taken as long.
        var frequent = known.GroupBy(Bin).OrderByDescending(bin => bin.Count()).ThenBy(bin => bin.Key).Take(modes).ToList();
        var begin = frequent.Sum(bin => (double)bin.Key * bin.Count()) / frequent.Sum(bin => bin.Count());
        var logs = known.Sum(time => Math.Log(Math.Max(time, begin) / begin));
        var alpha = known.Count / logs; // Infinite if all took equally long.
        var estimate = begin / Math.Pow(1 - quantile, 1 / alpha);
        return TimeSpan.FromMilliseconds(Math.Min(estimate, Longest));
    }

    /// <summary>The longest time of a complete circuit; zero if there is none.</summary>
    public TimeSpan Maximum() => TimeSpan.FromMilliseconds(_times.DefaultIfEmpty().Max());

    private static int Bin(int time) => time == 0 ? 0 : (time / BinWidth * BinWidth) + (BinWidth / 2);

    private void Enqueue(int time)
    {
        _times.Enqueue(time);
        if (_times.Count > Most)
        {
            _times.Dequeue();
        }
    }
}
