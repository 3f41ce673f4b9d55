using Microsoft.Extensions.Logging;
using OnionHost.Network;
using OnionHost.Protocol;
using OnionHost.Rendezvous.Services;

namespace OnionHost.Rendezvous.Introductions;

/// <summary>
/// Keeps a service's introduction points: opens them with two to spare, replaces those that die or wear out, and leaves a
/// replaced one standing for a while, for visitors who hold an older descriptor. One loop owns it.
/// </summary>
internal sealed class IntroductionPointSet : IAsyncDisposable
{
    private const int Spare = 2;

    private static readonly TimeSpan Attempt = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private readonly List<IntroductionPoint> _standing = [];
    private readonly List<(IntroductionPoint Point, DateTimeOffset CloseAt)> _retiring = [];
    private readonly WakeUp _wake = new();
    private readonly NodeContext _context;
    private readonly IIntroductionCircuits _circuits;
    private readonly Action<IntroductionPoint, ReadOnlyMemory<byte>> _onIntroduction;
    private readonly int _wanted;
    private readonly ILogger _logger;
    private bool _stopped;
    private int _version;

    /// <summary>Creates an empty set.</summary>
    /// <param name="context">Time, randomness, logs.</param>
    /// <param name="circuits">Opens circuits.</param>
    /// <param name="wanted">How many points are wanted.</param>
    /// <param name="onIntroduction">Takes each INTRODUCE2 on a read loop.</param>
    public IntroductionPointSet(
        NodeContext context, IIntroductionCircuits circuits, int wanted, Action<IntroductionPoint, ReadOnlyMemory<byte>> onIntroduction)
    {
        _context = context;
        _circuits = circuits;
        _wanted = wanted;
        _onIntroduction = onIntroduction;
        _logger = context.Loggers.CreateLogger<IntroductionPointSet>();
    }

    /// <summary>Something changed that a descriptor or a snapshot shows; the error is what went wrong last, if it did.</summary>
    public event Action<TorException?>? Changed;

    /// <summary>The points that visitors may be told, oldest first.</summary>
    public IReadOnlyList<IntroductionPoint> Standing
    {
        get
        {
            lock (_lock)
            {
                return [.. _standing];
            }
        }
    }

    /// <summary>Grows with every point that comes or goes.</summary>
    public int Version => Volatile.Read(ref _version);

    /// <summary>True if no more are to be waited for now: all stand, or a round of attempts ended with some.</summary>
    public bool IsSettled { get; private set; }

    /// <summary>Works until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Retire(onlyDead: true);
            await FillAsync(cancellationToken).ConfigureAwait(false);
            Retire(onlyDead: false);
            await CloseRetiredAsync(all: false).ConfigureAwait(false);

            // A used-up point, and the end of a grace, are noticed within minutes.
            await _wake.WaitAsync(LookEvery, _context.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Replaces all points with new ones: whoever knows only the old ones, and no newer descriptor, finds nobody.</summary>
    public void Renew()
    {
        foreach (var point in Standing)
        {
            point.Revoke();
        }

        _wake.Set();
    }

    /// <summary>Closes all points for good.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _stopped = true;
            _retiring.AddRange(_standing.Select(point => (point, DateTimeOffset.MinValue)));
            _standing.Clear();
        }

        await CloseRetiredAsync(all: true).ConfigureAwait(false);
    }

    private async Task FillAsync(CancellationToken cancellationToken)
    {
        var backoff = FirstBackoff;
        while (Missing() is > 0 and var missing)
        {
            var (added, fault) = await LaunchAsync(missing, cancellationToken).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            IsSettled = Standing.Count > 0;
            Changed?.Invoke(Missing() > 0 ? fault : null);
            if (added > 0)
            {
                backoff = FirstBackoff;
                continue;
            }

            IntroductionLog.NoneEstablished(
                _logger,
                Standing.Count > 0 ? LogLevel.Debug : LogLevel.Warning,
                missing,
                backoff,
                fault?.Message ?? "Every relay that was tried is an introduction point already.");
            await Task.Delay(backoff, _context.Time, cancellationToken).ConfigureAwait(false);
            backoff = backoff * 2 > LongestBackoff ? LongestBackoff : backoff * 2;
        }

        IsSettled = true;
    }

    /// <summary>Opens as many circuits at once as are missing and two more, and keeps the first that stand.</summary>
    private async Task<(int Added, TorException? Fault)> LaunchAsync(int missing, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Attempt, _context.Time);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var (added, fault) = (0, default(TorException));
        var attempts = Enumerable.Range(0, missing + Spare).Select(_ => OpenAsync(enough.Token)).ToList();
        await foreach (var attempt in Task.WhenEach(attempts).ConfigureAwait(false))
        {
            try
            {
                var point = await attempt.ConfigureAwait(false);
                if (TryAdd(point))
                {
                    added++;
                    Watch(point);
                    if (Missing() == 0)
                    {
                        await enough.CancelAsync().ConfigureAwait(false);
                    }
                }
                else
                {
                    await point.DisposeAsync().ConfigureAwait(false);
                }
            }
            catch (TorException failure)
            {
                fault = failure;
                IntroductionLog.AttemptFailed(_logger, failure.Message);
            }
            catch (OperationCanceledException)
            {
                fault ??= limit.IsCancellationRequested
                    ? new TorException(TorErrorKind.Network, "No relay became an introduction point in time.", isTransient: true)
                    : null;
            }
        }

        return (added, fault);
    }

    private async Task<IntroductionPoint> OpenAsync(CancellationToken cancellationToken)
    {
        var keys = IntroductionKeys.Generate(_context.Random);
        IntroductionPoint? point = null;
        try
        {
            var exclude = Standing.Select(other => other.Circuit.Relay.Fingerprint).ToHashSet();
            var circuit = await _circuits.EstablishAsync(
                keys,
                exclude,
                body =>
                {
                    if (Volatile.Read(ref point) is { } introduced)
                    {
                        _onIntroduction(introduced, body);
                    }
                },
                cancellationToken).ConfigureAwait(false);
            var made = new IntroductionPoint(_context, keys, circuit);
            Volatile.Write(ref point, made);
            return made;
        }
        catch
        {
            keys.Dispose();
            throw;
        }
    }

    private bool TryAdd(IntroductionPoint point)
    {
        lock (_lock)
        {
            if (_stopped || MissingLocked() == 0 || _standing.Any(other => other.Circuit.Relay.Fingerprint == point.Circuit.Relay.Fingerprint))
            {
                return false;
            }

            _standing.Add(point);
            _version++;
            return true;
        }
    }

    private void Watch(IntroductionPoint point) => point.Circuit.Closed.ContinueWith(
        _ => _wake.Set(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    private int Missing()
    {
        lock (_lock)
        {
            return MissingLocked();
        }
    }

    /// <summary>How many good points are missing. Points that are worn out stay listed until their successors stand.</summary>
    private int MissingLocked()
    {
        var now = _context.Now;
        return Math.Max(0, _wanted - _standing.Count(point => point.IsGood(now)));
    }

    /// <summary>Takes out dead points; and once successors stand, those that are worn out.</summary>
    private void Retire(bool onlyDead)
    {
        bool changed;
        lock (_lock)
        {
            var now = _context.Now;
            var gone = _standing.FindAll(point => onlyDead ? point.Circuit.Closed.IsCompleted : !point.IsGood(now));
            _standing.RemoveAll(gone.Contains);
            _retiring.AddRange(gone.Select(point => (point, point.MustGo || point.Circuit.Closed.IsCompleted ? now : now + Grace)));
            changed = gone.Count > 0;
            _version += gone.Count;
            IsSettled &= _standing.Count(point => point.IsGood(now)) >= _wanted;
        }

        if (changed)
        {
            Changed?.Invoke(null);
        }
    }

    private async Task CloseRetiredAsync(bool all)
    {
        List<IntroductionPoint> due;
        lock (_lock)
        {
            var now = _context.Now;
            due = [.. _retiring.Where(entry => all || entry.CloseAt <= now).Select(entry => entry.Point)];
            _retiring.RemoveAll(entry => due.Contains(entry.Point));
        }

        foreach (var point in due)
        {
            await point.DisposeAsync().ConfigureAwait(false);
        }
    }
}
