namespace OnionHost.Network.Congestion;

/// <summary>
/// How fast the application takes a stream's bytes while some wait for it (proposal 324, section 4.1.2), in units of 1000
/// bytes a second, averaged over a few measurements.
/// </summary>
internal struct DrainRate
{
    /// <summary>A reader that does nothing for longer paused. That says nothing about how fast it is when it reads.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private long _start;
    private long _last;
    private long _bytes;
    private bool _isMeasuring;

    /// <summary>The average; 0 before the first measurement.</summary>
    public uint Average { get; private set; }

    /// <summary>The application took bytes.</summary>
    /// <param name="bytes">How many.</param>
    /// <param name="unread">How many wait after that.</param>
    /// <param name="isLimited">True if the peer was told a rate, which then may be too low.</param>
    /// <param name="parameters">What the network says.</param>
    /// <param name="time">The clock.</param>
    public void Add(long bytes, long unread, bool isLimited, StreamFlowParameters parameters, TimeProvider time)
    {
        var now = time.GetTimestamp();
        _isMeasuring &= time.GetElapsedTime(_last, now) <= Pause;
        _last = now;
        _bytes += bytes;
        if (!_isMeasuring && unread > 0)
        {
            (_isMeasuring, _start, _bytes) = (true, now, 0);
        }
        else if (_isMeasuring && _bytes > parameters.RateBytes && time.GetElapsedTime(_start, now) is { Ticks: > 0 } elapsed)
        {
            var rate = Math.Clamp((long)(_bytes / elapsed.TotalSeconds / 1000), 1, int.MaxValue);
            Average = (uint)RoundTrips.MovingAverage(rate, Average, parameters.AverageCount);
            (_isMeasuring, _start, _bytes) = (unread > 0, now, 0);
        }

        if (unread > 0)
        {
            return;
        }

        _isMeasuring = false;
        if (_bytes >= parameters.RateBytes && isLimited)
        {
            // All that arrives is taken at once: the rate that holds the peer back is too low.
            Average = (uint)Math.Min(int.MaxValue, 2L * Average);
            _bytes = 0;
        }
    }

    /// <summary>XOFF was sent: what was measured before it was wrong.</summary>
    public void Forget() => Average = 0;
}
