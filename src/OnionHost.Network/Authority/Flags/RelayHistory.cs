namespace OnionHost.Network.Authority.Flags;

/// <summary>
/// How reliably one relay ran, as far as this authority saw (dir-spec 3.4.2): older times weigh less, by 5 % each 12 hours.
/// Not thread safe.
/// </summary>
internal sealed class RelayHistory
{
    private const double Decay = 0.95;

    private static readonly TimeSpan DecayEvery = TimeSpan.FromHours(12);

    private readonly DateTimeOffset _firstSeen;
    private DateTimeOffset _updated;
    private DateTimeOffset _decayed;
    private double _up;
    private double _total;
    private double _runs;

    /// <summary>Begins to watch.</summary>
    public RelayHistory(DateTimeOffset firstSeen)
    {
        (_firstSeen, _updated, _decayed) = (firstSeen, firstSeen, firstSeen);
    }

    /// <summary>Since when it runs; null while it does not.</summary>
    public DateTimeOffset? RunningSince { get; private set; }

    /// <summary>Notes whether it runs.</summary>
    public void Set(bool isRunning, DateTimeOffset now)
    {
        Update(now);
        if (isRunning && RunningSince is null)
        {
            RunningSince = now;
        }
        else if (!isRunning && RunningSince is not null)
        {
            RunningSince = null;
            _runs++;
        }
    }

    /// <summary>The share of time that it ran, 0 to 1.</summary>
    public double FractionalUptime(DateTimeOffset now)
    {
        Update(now);
        return _total <= 0 ? (RunningSince is null ? 0 : 1) : _up / _total;
    }

    /// <summary>For how long it is known.</summary>
    public TimeSpan TimeKnown(DateTimeOffset now) => now - _firstSeen;

    /// <summary>The mean time between failures.</summary>
    public TimeSpan MeanRun(DateTimeOffset now)
    {
        Update(now);
        return TimeSpan.FromSeconds(_up / Math.Max(1, _runs + (RunningSince is null ? 0 : 1)));
    }

    private void Update(DateTimeOffset now)
    {
        while (now - _decayed >= DecayEvery)
        {
            _decayed += DecayEvery;
            Add(_decayed);
            (_up, _total, _runs) = (_up * Decay, _total * Decay, _runs * Decay);
        }

        Add(now);
    }

    private void Add(DateTimeOffset until)
    {
        var passed = Math.Max(0, (until - _updated).TotalSeconds);
        _updated = until > _updated ? until : _updated;
        _total += passed;
        _up += RunningSince is null ? 0 : passed;
    }
}
