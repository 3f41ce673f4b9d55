using Microsoft.Extensions.Logging;
using OnionHost.Network;
using OnionHost.Protocol;
using OnionHost.Protocol.Identities;

namespace OnionHost.Rendezvous.Services;

/// <summary>Turns what a service's parts look like into its state, and tells whoever watches.</summary>
internal sealed class ServiceStatus
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _reachable = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly NodeContext _context;
    private readonly OnionServiceOptions _options;
    private readonly OnionAddress _address;
    private readonly Func<ServiceObservation> _observe;
    private readonly ILogger _logger;
    private readonly long _started;
    private OnionServiceState? _end;
    private volatile OnionServiceSnapshot _snapshot;

    /// <summary>Begins with the bootstrap.</summary>
    public ServiceStatus(NodeContext context, OnionServiceOptions options, OnionAddress address, Func<ServiceObservation> observe)
    {
        _context = context;
        _options = options;
        _address = address;
        _observe = observe;
        _logger = context.Loggers.CreateLogger<OnionService>();
        _started = context.Time.GetTimestamp();
        _snapshot = new OnionServiceSnapshot(OnionServiceState.Bootstrapping, 0, options.IntroductionPoints, 0, 0, null, 0, null);
    }

    /// <summary>The snapshot is another.</summary>
    public event Action<OnionServiceSnapshot>? Changed;

    /// <summary>The present snapshot.</summary>
    public OnionServiceSnapshot Snapshot => _snapshot;

    /// <summary>Completes when visitors find the service for the first time.</summary>
    public Task Reachable => _reachable.Task;

    /// <summary>Looks at the parts again.</summary>
    public void Update(TorException? fault = null)
    {
        OnionServiceSnapshot before, after;
        lock (_lock)
        {
            var seen = _observe();
            before = _snapshot;
            var state = _end ?? StateOf(seen, before.State);
            var error = fault?.Message ?? (state == OnionServiceState.Reachable ? null : before.LastError);
            after = new OnionServiceSnapshot(
                state, seen.Points, _options.IntroductionPoints, seen.Uploads.Stored, seen.Uploads.Directories, seen.LastPublished, seen.Visitors, error);
            _snapshot = after;
        }

        if (after == before)
        {
            return;
        }

        if (after.State != before.State)
        {
            Log(after);
        }

        if (after.State is OnionServiceState.Reachable or OnionServiceState.Degraded && after is { IntroductionPoints: > 0, LastPublished: not null })
        {
            _reachable.TrySetResult();
        }

        Changed?.Invoke(after);
    }

    /// <summary>No new visitor is let in from now on.</summary>
    public void Drain() => End(OnionServiceState.Draining);

    /// <summary>The service is gone.</summary>
    public void Stop()
    {
        End(OnionServiceState.Stopped);
        _reachable.TrySetException(new ObjectDisposedException(nameof(OnionService)));
        _ = _reachable.Task.Exception;
    }

    private void End(OnionServiceState state)
    {
        lock (_lock)
        {
            _end = state;
        }

        Update();
    }

    private OnionServiceState StateOf(in ServiceObservation seen, OnionServiceState before)
    {
        if (seen.IsVisible && seen.Points >= _options.IntroductionPoints)
        {
            return OnionServiceState.Reachable;
        }

        if (seen.IsVisible || before is OnionServiceState.Reachable or OnionServiceState.Degraded)
        {
            return OnionServiceState.Degraded;
        }

        if (!seen.HasNetwork)
        {
            return OnionServiceState.Bootstrapping;
        }

        return seen.Points == 0 ? OnionServiceState.OpeningIntroductions : OnionServiceState.Publishing;
    }

    private void Log(OnionServiceSnapshot snapshot)
    {
        OnionServiceLog.StateChanged(_logger, _options.Name, snapshot.State);
        if (snapshot.State == OnionServiceState.Reachable)
        {
            OnionServiceLog.Reachable(
                _logger,
                _options.Name,
                _address.ToString(),
                snapshot.IntroductionPoints,
                snapshot.DescriptorUploads,
                snapshot.DescriptorDirectories,
                _context.Time.GetElapsedTime(_started).TotalSeconds);
        }
        else if (snapshot.State == OnionServiceState.Degraded)
        {
            OnionServiceLog.Degraded(
                _logger,
                _options.Name,
                snapshot.IntroductionPoints,
                snapshot.WantedIntroductionPoints,
                snapshot.DescriptorUploads,
                snapshot.DescriptorDirectories,
                snapshot.LastError);
        }
    }
}
