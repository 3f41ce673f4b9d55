namespace OnionHost.Network.Links.Traffic;

/// <summary>
/// What a relay may claim to carry: the most bytes a second that it took in, and put out, over any ten seconds of the last
/// five days; the lesser of both (dir-spec 2.1.1, <c>bandwidth</c>).
/// </summary>
internal sealed class BandwidthHistory(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly long _started = time.GetTimestamp();
    private readonly SustainedMaximum _read = new();
    private readonly SustainedMaximum _written = new();

    /// <summary>Bytes a second, sustained; 0 before the first ten seconds with traffic are over.</summary>
    public long Observed
    {
        get
        {
            lock (_lock)
            {
                var second = Second();
                return Math.Min(_read.Best(second), _written.Best(second));
            }
        }
    }

    /// <summary>Counts what came in.</summary>
    public void OnRead(int bytes)
    {
        lock (_lock)
        {
            _read.Add(Second(), bytes);
        }
    }

    /// <summary>Counts what went out.</summary>
    public void OnWritten(int bytes)
    {
        lock (_lock)
        {
            _written.Add(Second(), bytes);
        }
    }

    private long Second() => (long)time.GetElapsedTime(_started).TotalSeconds;
}
