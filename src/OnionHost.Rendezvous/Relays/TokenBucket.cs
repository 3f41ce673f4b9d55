namespace OnionHost.Rendezvous.Relays;

/// <summary>Lets a number of things pass each second, and a burst after a pause.</summary>
internal sealed class TokenBucket
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly uint _rate;
    private readonly uint _burst;
    private double _tokens;
    private long _filled;

    /// <summary>Starts full.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="rate">Tokens a second.</param>
    /// <param name="burst">Tokens that it holds at most.</param>
    public TokenBucket(TimeProvider time, uint rate, uint burst)
    {
        _time = time;
        _rate = rate;
        _burst = burst;
        _tokens = burst;
        _filled = time.GetTimestamp();
    }

    /// <summary>Takes a token; false if there is none.</summary>
    public bool TryTake()
    {
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            _tokens = Math.Min(_burst, _tokens + (_time.GetElapsedTime(_filled, now).TotalSeconds * _rate));
            _filled = now;
            if (_tokens < 1)
            {
                return false;
            }

            _tokens--;
            return true;
        }
    }
}
