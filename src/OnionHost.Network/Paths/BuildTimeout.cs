using Microsoft.Extensions.Logging;
using OnionHost.Network.Storage;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory.Consensuses;

namespace OnionHost.Network.Paths;

/// <summary>
/// How long a circuit may take to be built, learned from those that were (path-spec 2.4). A circuit that is late is not used, but
/// built on for a while, so that what is learned is how long circuits take and not how patient we were. Safe for concurrent use.
/// </summary>
internal sealed class BuildTimeout
{
    /// <summary>Circuits of this length are measured, and what others may take is reckoned from it.</summary>
    public const int MeasuredLength = 3;

    private const int SaveEvery = 10;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private readonly Lock _saving = new();
    private readonly NodeContext _context;
    private readonly Func<NetworkParameters> _network;
    private readonly StateFile<BuildTimesState> _file;
    private readonly ILogger _logger;
    private readonly BuildTimes _times = new();
    private readonly Queue<bool> _recentlyLate = new();
    private TimeSpan? _timeout;
    private TimeSpan _close;
    private long _lastLive;
    private int _unsaved;

    /// <summary>Reads what was learned before.</summary>
    /// <param name="context">Time, randomness and logs.</param>
    /// <param name="network">What the consensus says now.</param>
    /// <param name="path">Where the times are kept; null: nowhere.</param>
    public BuildTimeout(NodeContext context, Func<NetworkParameters>? network = null, string? path = null)
    {
        _context = context;
        _network = network ?? (static () => NetworkParameters.Empty);
        _logger = context.Loggers.CreateLogger<BuildTimeout>();
        _file = new StateFile<BuildTimesState>(
            path, "circuit build times", BuildTimesJson.Default.BuildTimesState, static s => s is { Version: BuildTimesState.CurrentVersion, Bins: not null }, _logger);
        Restore();
        _lastLive = context.Time.GetTimestamp();
    }

    /// <summary>The time within which a circuit of three hops is used.</summary>
    public TimeSpan Current => Limits().Timeout;

    /// <summary>How long a late circuit is built on to learn its time; never shorter than <see cref="Current"/>.</summary>
    public TimeSpan Close => Limits().Close;

    /// <summary>
    /// The time within which a circuit of this length is used. A longer one has more of it, as each hop's cells travel over all hops
    /// before it, but never more than there is while nothing is known.
    /// </summary>
    public TimeSpan For(int hops)
    {
        var parameters = BuildTimeoutParameters.From(_network());
        lock (_lock)
        {
            var timeout = LimitsIn(parameters).Timeout;
            return Min(timeout * Math.Max(1, hops * (hops + 1) / (double)(MeasuredLength * (MeasuredLength + 1))), Max(timeout, parameters.Initial));
        }
    }

    /// <summary>A relay answered: the network is there.</summary>
    public void Answered() => Volatile.Write(ref _lastLive, _context.Time.GetTimestamp());

    /// <summary>A circuit reached its third hop after this time.</summary>
    /// <param name="elapsed">From CREATE on.</param>
    /// <param name="wasLate">True if nobody waits for it any more.</param>
    public void Built(TimeSpan elapsed, bool wasLate)
    {
        Learn(p =>
        {
            // Much longer than it would have been let: the machine slept meanwhile.
            if (elapsed >= TimeSpan.Zero && elapsed <= (2 * LimitsIn(p).Close) + TimeSpan.FromSeconds(1))
            {
                _times.Add(elapsed);
            }

            if (!wasLate)
            {
                Remember(p, late: false);
            }
        });
    }

    /// <summary>A circuit is late, though its first hop answered.</summary>
    public void TimedOut() => Learn(p =>
    {
        Remember(p, late: true);
        if (_recentlyLate.Count(late => late) >= p.MaxRecentTimeouts)
        {
            Reset(p);
        }
    });

    /// <summary>A late circuit was given up.</summary>
    /// <param name="began">Timestamp of its CREATE.</param>
    public void Abandoned(long began)
    {
        // While nothing at all comes from the network, nothing is learned about circuits.
        if (Volatile.Read(ref _lastLive) >= began)
        {
            Learn(_ => _times.AddAbandoned());
        }
    }

    /// <summary>Writes what was learned.</summary>
    public void Save()
    {
        lock (_saving)
        {
            BuildTimesState state;
            lock (_lock)
            {
                if (_unsaved == 0)
                {
                    return;
                }

                _unsaved = 0;
                state = new BuildTimesState { Bins = [.. _times.Histogram().Select(bin => new BuildTimesState.Bin(bin.Milliseconds, bin.Count))] };
            }

            _file.Save(state);
        }
    }

    private (TimeSpan Timeout, TimeSpan Close) Limits()
    {
        var parameters = BuildTimeoutParameters.From(_network());
        lock (_lock)
        {
            return LimitsIn(parameters);
        }
    }

    private (TimeSpan Timeout, TimeSpan Close) LimitsIn(BuildTimeoutParameters parameters) =>
        parameters.IsAdaptive && _timeout is { } timeout
            ? (Max(timeout, parameters.Minimum), Max(Max(_close, parameters.Initial), timeout))
            : (parameters.Initial, parameters.Initial);

    private void Learn(Action<BuildTimeoutParameters> what)
    {
        var parameters = BuildTimeoutParameters.From(_network());
        if (!parameters.IsAdaptive)
        {
            return;
        }

        bool save;
        lock (_lock)
        {
            var before = _times.Count == BuildTimes.Most ? -1 : _times.Count;
            what(parameters);
            if (_times.Count != before)
            {
                _unsaved++;
                Compute(parameters);
            }

            save = _unsaved >= SaveEvery;
        }

        if (save)
        {
            Save();
        }
    }

    private void Compute(BuildTimeoutParameters parameters)
    {
        if (_times.Estimate(parameters.Quantile, parameters.Modes, parameters.MinCircuits) is not { } timeout
            || _times.Estimate(parameters.CloseQuantile, parameters.Modes, parameters.MinCircuits) is not { } close)
        {
            return;
        }

        // No longer than anything that was seen: the curve's tail is a guess.
        var longest = _times.Maximum();
        _timeout = timeout < longest ? timeout : longest;
        _close = close < 2 * longest ? close : 2 * longest;
    }

    private void Remember(BuildTimeoutParameters parameters, bool late)
    {
        _recentlyLate.Enqueue(late);
        while (_recentlyLate.Count > parameters.RecentCircuits)
        {
            _recentlyLate.Dequeue();
        }
    }

    /// <summary>Nearly all circuits are late: the network is another one. If that was said before, it is slower still.</summary>
    private void Reset(BuildTimeoutParameters parameters)
    {
        _times.Clear();
        _recentlyLate.Clear();
        var before = LimitsIn(parameters).Timeout;
        _timeout = before < parameters.Initial ? parameters.Initial : Min(2 * before, Longest);
        _close = _timeout.Value;
        PathLog.TimeoutReset(_logger, _timeout.Value.TotalSeconds);
    }

    private void Restore()
    {
        var times = new List<int>();
        foreach (var bin in _file.Load()?.Bins ?? [])
        {
            if (bin is { Milliseconds: >= 0, Count: > 0 })
            {
                times.AddRange(Enumerable.Repeat(bin.Milliseconds, Math.Min(bin.Count, BuildTimes.Most - times.Count)));
            }
        }

        // In any order: else the fastest would be the first to be forgotten.
        var shuffled = times.ToArray();
        _context.Random.Shuffle<int>(shuffled);
        foreach (var time in shuffled)
        {
            if (time == 0)
            {
                _times.AddAbandoned();
            }
            else
            {
                _times.Add(TimeSpan.FromMilliseconds(time));
            }
        }

        Compute(BuildTimeoutParameters.From(NetworkParameters.Empty));
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
