namespace OnionHost.Network.Links.Traffic;

/// <summary>Tokens that come back at a steady rate, up to a bound. May be overdrawn: the debt is paid first. Thread safe.</summary>
internal sealed class TokenBucket(TimeProvider time, double rate, double burst)
{
    private readonly Lock _lock = new();
    private double _spent;
    private long _refilled = time.GetTimestamp();

    /// <summary>Tokens a second.</summary>
    public double Rate => rate;

    /// <summary>How many there are now; less than zero after an overdraft.</summary>
    public double Available
    {
        get
        {
            lock (_lock)
            {
                Refill();
                return burst - _spent;
            }
        }
    }

    /// <summary>True if it is full: nobody would notice if it were made anew.</summary>
    public bool IsFull => Available >= burst;

    /// <summary>Takes tokens, also more than there are.</summary>
    public void Spend(double tokens)
    {
        lock (_lock)
        {
            Refill();
            _spent += tokens;
        }
    }

    /// <summary>Takes one token; false if there is none.</summary>
    public bool TrySpend()
    {
        lock (_lock)
        {
            Refill();
            if (burst - _spent < 1)
            {
                return false;
            }

            _spent++;
            return true;
        }
    }

    /// <summary>How long until there are so many, or the bucket is full; zero if there are.</summary>
    public TimeSpan Until(double tokens)
    {
        var missing = Math.Min(tokens, burst) - Available;
        return missing <= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(missing / rate);
    }

    private void Refill()
    {
        var now = time.GetTimestamp();
        if (now > _refilled)
        {
            _spent = Math.Max(0, _spent - (rate * (now - _refilled) / time.TimestampFrequency));
        }

        _refilled = now;
    }
}
