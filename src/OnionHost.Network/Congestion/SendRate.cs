namespace OnionHost.Network.Congestion;

/// <summary>How fast a stream may be sent by the rate in the peer's last XON: a bucket that holds a second's worth of bytes.</summary>
internal struct SendRate
{
    /// <summary>Bytes of a full cell: the bucket must hold as many before one is sent.</summary>
    private const int Cell = 498;

    /// <summary>After a pause at least this part of a second's bytes goes out at once.</summary>
    private const int PausesPerSecond = 50;

    private long _bytesPerSecond;
    private long _bytes;
    private long _filled;

    /// <summary>True if there is a limit.</summary>
    public readonly bool IsLimited => _bytesPerSecond > 0;

    /// <summary>Sets the limit; 0 takes it away.</summary>
    /// <param name="kilobytesPerSecond">In units of 1000 bytes a second.</param>
    /// <param name="time">The clock.</param>
    public void Set(uint kilobytesPerSecond, TimeProvider time)
    {
        var wasLimited = IsLimited;
        _bytesPerSecond = kilobytesPerSecond * 1000L;
        _bytes = wasLimited ? Math.Min(_bytes, _bytesPerSecond) : _bytesPerSecond;
        _filled = wasLimited ? _filled : time.GetTimestamp();
    }

    /// <summary>Cells that may be sent now.</summary>
    public int Cells(TimeProvider time)
    {
        if (!IsLimited)
        {
            return int.MaxValue;
        }

        var now = time.GetTimestamp();
        var seconds = time.GetElapsedTime(_filled, now).TotalSeconds;
        var more = seconds >= 1 ? _bytesPerSecond : (long)(seconds * _bytesPerSecond);
        if (more > 0)
        {
            _bytes = Math.Min(_bytes + more, _bytesPerSecond);
            _filled = now;
        }

        return (int)Math.Min(_bytes / Cell, int.MaxValue);
    }

    /// <summary>Bytes were sent.</summary>
    public void Spend(int bytes) => _bytes -= IsLimited ? bytes : 0;

    /// <summary>How long it takes until some cells may be sent again.</summary>
    public readonly TimeSpan Wait()
    {
        var wanted = Math.Max(Cell, _bytesPerSecond / PausesPerSecond);
        return TimeSpan.FromMilliseconds(1 + Math.Max(0, (wanted - _bytes) * 1000 / Math.Max(1, _bytesPerSecond)));
    }
}
