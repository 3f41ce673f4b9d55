using Microsoft.Extensions.Logging;
using OnionHost.Network.Directory.Bootstrap;
using OnionHost.Network.Directory.Versions;
using OnionHost.Protocol;

namespace OnionHost.Network.Directory;

/// <summary>
/// Keeps a node's view of the network: bootstraps it, verifies it, stores it, and renews it in time (dir-spec 5).
/// </summary>
internal sealed class NetworkDirectory : IAsyncDisposable
{
    private const int FailuresUntilWarning = 5;

    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan ShortInterval = TimeSpan.FromMinutes(10);

    private readonly NodeContext _context;
    private readonly NetworkDirectoryOptions _options;
    private readonly DirectoryUpdate _update;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Lock _lock = new();
    private volatile TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile NetworkView? _view;
    private BackgroundLoop? _loop;
    private DateTimeOffset _renewal;
    private DateTimeOffset _next;
    private DateTimeOffset? _overdue;
    private int _failures;
    private bool _isLoaded;

    public NetworkDirectory(NodeContext context, NetworkDirectoryOptions options, IDirectorySource source, DirectoryStore? store = null)
    {
        _context = context;
        _options = options;
        Store = store ?? new DirectoryStore(context);
        Versions = new VersionWatch(context, options.IsCache);
        _logger = context.Loggers.CreateLogger<NetworkDirectory>();
        _update = new DirectoryUpdate(context, options, Store, source) { Progressed = Advance, Published = Publish };
    }

    /// <summary>A newer view took the place of <see cref="Current"/>.</summary>
    public event Action<NetworkView>? Changed;

    /// <summary><see cref="Progress"/> is another.</summary>
    public event Action<BootstrapProgress>? ProgressChanged;

    /// <summary>The newest view that has enough relays; null while bootstrapping, and when it ended more than a day ago.</summary>
    public NetworkView? Current =>
        _view is { } view && _context.Now <= view.Consensus.ValidUntil + ConsensusChecks.Tolerance ? view : null;

    /// <summary>What was fetched, for a cache to serve.</summary>
    public DirectoryStore Store { get; }

    /// <summary>How far bootstrapping is, and what holds it up.</summary>
    public BootstrapProgress Progress { get; private set; } = BootstrapProgress.Start;

    /// <summary>Whether the network recommends this version of the software.</summary>
    public VersionWatch Versions { get; }

    /// <summary>When the next consensus will be asked for.</summary>
    public DateTimeOffset NextUpdate => _next;

    /// <summary>Loads what is on disk, and begins to fetch and to renew.</summary>
    public void Start() => _loop ??= BackgroundLoop.Start("network directory", _context, RunAsync);

    /// <summary>Waits for the first view. <see cref="Progress"/> says meanwhile what holds it up.</summary>
    public async Task<NetworkView> WaitAsync(CancellationToken ct)
    {
        while (true)
        {
            var changed = _changed.Task;
            if (Current is { } view)
            {
                return view;
            }

            await changed.WaitAsync(ct);
        }
    }

    /// <summary>Asks for a newer consensus now, and for what is missing.</summary>
    /// <exception cref="TorException">It could not be had; the message says why and what to do.</exception>
    public async Task RefreshAsync(CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            await LoadAsync(ct);
            await UpdateAsync(renew: true, ct);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Stops renewing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_loop is not null)
        {
            await _loop.DisposeAsync();
        }

        _changed.TrySetCanceled();
        _turn.Dispose();
    }

    private async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            await _turn.WaitAsync(stop);
            try
            {
                await LoadAsync(stop);
                if (_next <= _context.Now)
                {
                    await UpdateAsync(_renewal <= _context.Now, stop);
                }
            }
            catch (TorException)
            {
                // UpdateAsync has noted it, and when to try again.
            }
            finally
            {
                _turn.Release();
            }

            // Somebody may refresh meanwhile, which makes it another moment.
            var latest = _context.Now + LongestSleep;
            if (!await _context.WaitUntilAsync(_next < latest ? _next : latest, stop))
            {
                // What was planned by the wrong clock is far away now.
                _next = _renewal = _context.Now;
            }
        }
    }

    private async Task LoadAsync(CancellationToken ct)
    {
        if (!_isLoaded)
        {
            await _update.LoadAsync(ct);
            _isLoaded = true;
            _renewal = _view is { } view && !AsksAtStart(view) ? Renewal(view) : _context.Now;
            _next = _update.IsComplete ? _renewal : _context.Now;
        }
    }

    private async Task UpdateAsync(bool renew, CancellationToken ct)
    {
        try
        {
            var before = _view?.ValidAfter;
            await _update.RunAsync(renew, ct);
            var isNewer = _view is not null && _view.ValidAfter != before;
            _failures = isNewer || (_update.IsComplete && !renew) ? 0 : _failures + 1;
            _renewal = isNewer ? Renewal(_view!) : _renewal;
            _next = _update.IsComplete && _renewal > _context.Now ? _renewal : _context.Now + Retry();
            if (renew && !isNewer && _view is { } view)
            {
                NoteOverdue(view, DirectoryFaults.NothingNewer(view.Consensus, _options.Authorities.Count));
            }
        }
        catch (TorException fault)
        {
            Fail(fault);
            throw;
        }
    }

    // Others rely on what a cache serves; and a network of short intervals may be another one since it was stored.
    private bool AsksAtStart(NetworkView view) =>
        _options.IsCache || view.Consensus.FreshUntil - view.Consensus.ValidAfter < ShortInterval;

    private DateTimeOffset Renewal(NetworkView view) => ConsensusSchedule.Renewal(view.Consensus, _options.IsCache, _context.Random);

    private TimeSpan Retry() => ConsensusSchedule.Retry(_view?.Consensus, _failures, _context.Random);

    private void Fail(TorException fault)
    {
        _failures++;
        var wait = Retry();
        _next = _context.Now + wait;
        if (_view is { } view && NoteOverdue(view, fault))
        {
            return;
        }

        if (_failures == FailuresUntilWarning)
        {
            DirectoryLog.Stuck(_logger, fault.Message);
        }
        else
        {
            DirectoryLog.UpdateFault(_logger, wait, fault.Message);
        }

        Report(Progress with { Problem = fault });
    }

    /// <summary>Tells once of each consensus that it has no successor in time, and why.</summary>
    /// <returns>True if that was told now.</returns>
    private bool NoteOverdue(NetworkView view, TorException why)
    {
        var consensus = view.Consensus;
        if (_overdue == view.ValidAfter || _context.Now < consensus.FreshUntil + ((consensus.FreshUntil - consensus.ValidAfter) / 2))
        {
            return false;
        }

        _overdue = view.ValidAfter;
        DirectoryLog.Overdue(_logger, view.ValidAfter, consensus.ValidUntil + ConsensusChecks.Tolerance, why.Message);
        Report(Progress with { Problem = why });
        return true;
    }

    private void Advance(BootstrapPhase phase, int percent)
    {
        // Once ready, later updates are nobody's bootstrapping.
        if (_view is null && (phase, percent) != (Progress.Phase, Progress.Percent) && percent >= Progress.Percent)
        {
            Report(new BootstrapProgress(phase, percent, null));
        }
    }

    private void Publish(NetworkView view)
    {
        var isFirst = _view is null;
        _view = view;
        if (isFirst)
        {
            DirectoryLog.Ready(_logger, view.Relays.Count, view.ValidAfter);
        }
        else
        {
            DirectoryLog.NewView(_logger, view.ValidAfter, view.Relays.Count);
        }

        if (_overdue is { } overdue && view.ValidAfter > overdue)
        {
            _overdue = null;
            DirectoryLog.NoLongerOverdue(_logger, view.ValidAfter);
        }

        if (isFirst || Progress.Problem is not null)
        {
            Report(new BootstrapProgress(BootstrapPhase.Ready, 100, null));
        }

        Versions.Read(view.Consensus);
        Changed?.Invoke(view);
        var changed = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.TrySetResult();
    }

    private void Report(BootstrapProgress progress)
    {
        lock (_lock)
        {
            Progress = progress;
        }

        ProgressChanged?.Invoke(progress);
    }
}
