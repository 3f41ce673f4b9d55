using System.Globalization;

namespace OnionHost.Network.Authority.Flags;

/// <summary>
/// How reliably one relay ran, as far as this authority saw (dir-spec 3.4.2): older times weigh less, by 5 % each 12 hours.
/// Safe for concurrent use.
/// </summary>
internal sealed class RelayHistory
{
    private const double Decay = 0.95;

    private static readonly TimeSpan DecayEvery = TimeSpan.FromHours(12);

    private readonly Lock _lock = new();
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
        lock (_lock)
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
    }

    /// <summary>The share of time that it ran, 0 to 1.</summary>
    public double FractionalUptime(DateTimeOffset now)
    {
        lock (_lock)
        {
            Update(now);
            return _total <= 0 ? (RunningSince is null ? 0 : 1) : _up / _total;
        }
    }

    /// <summary>For how long it is known.</summary>
    public TimeSpan TimeKnown(DateTimeOffset now) => now - _firstSeen;

    /// <summary>The mean time between failures.</summary>
    public TimeSpan MeanRun(DateTimeOffset now)
    {
        lock (_lock)
        {
            Update(now);
            return TimeSpan.FromSeconds(_up / Math.Max(1, _runs + (RunningSince is null ? 0 : 1)));
        }
    }

    /// <summary>The history as words of a line, for <see cref="TryParse"/>.</summary>
    public string Format(DateTimeOffset now)
    {
        lock (_lock)
        {
            Update(now);
            return string.Create(CultureInfo.InvariantCulture, $"{_firstSeen.ToUnixTimeSeconds()} {(long)_up} {(long)_total} {_runs:F3}");
        }
    }

    /// <summary>Goes on from a stored history; the time since counts neither as up nor as down. Null if the words are none.</summary>
    public static RelayHistory? TryParse(ReadOnlySpan<string> words, DateTimeOffset now)
    {
        const NumberStyles Whole = NumberStyles.None;
        var invariant = CultureInfo.InvariantCulture;
        if (words.Length != 4
            || !long.TryParse(words[0], Whole, invariant, out var first) || first > now.ToUnixTimeSeconds()
            || !long.TryParse(words[1], Whole, invariant, out var up)
            || !long.TryParse(words[2], Whole, invariant, out var total) || up > total
            || !double.TryParse(words[3], NumberStyles.AllowDecimalPoint, invariant, out var runs) || !double.IsFinite(runs))
        {
            return null;
        }

        return new RelayHistory(DateTimeOffset.FromUnixTimeSeconds(first)) { _updated = now, _decayed = now, _up = up, _total = total, _runs = runs };
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
