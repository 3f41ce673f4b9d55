namespace OnionHost.Network.Links.Traffic;

/// <summary>The most bytes a second over ten whole seconds, within the last five days. Not thread safe.</summary>
internal sealed class SustainedMaximum
{
    private const int Window = 10;
    private const int PeriodSeconds = 6 * 3600;
    private const int Periods = 5 * 24 * 3600 / PeriodSeconds;

    private readonly long[] _seconds = new long[Window];
    private readonly long[] _best = new long[Periods];
    private long _sum;
    private long _present;

    /// <summary>Counts bytes of a second; seconds do not go back.</summary>
    public void Add(long second, long bytes)
    {
        Advance(second);
        _seconds[_present % Window] += bytes;
        _sum += bytes;
    }

    /// <summary>The maximum so far, in bytes a second.</summary>
    public long Best(long second)
    {
        Advance(second);
        return _best.Max() / Window;
    }

    private void Advance(long second)
    {
        // After a silence longer than both rings everything in them is over.
        if (second - _present > (long)PeriodSeconds * (Periods + 1))
        {
            Array.Clear(_best);
            Array.Clear(_seconds);
            (_sum, _present) = (0, second);
        }

        while (_present < second)
        {
            Close();
        }
    }

    /// <summary>Ends the present second: the window that it completes counts.</summary>
    private void Close()
    {
        var period = _present / PeriodSeconds % Periods;
        _best[period] = Math.Max(_best[period], _sum);
        _present++;
        if (_present % PeriodSeconds == 0)
        {
            _best[_present / PeriodSeconds % Periods] = 0;
        }

        ref var oldest = ref _seconds[_present % Window];
        _sum -= oldest;
        oldest = 0;
    }
}
