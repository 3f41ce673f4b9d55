using Microsoft.Extensions.Logging;
using OnionHost.Network;
using OnionHost.Protocol;
using OnionHost.Rendezvous.Services;

namespace OnionHost.Rendezvous.Introductions;

/// <summary>Keeps a service's introduction points: has them opened, and replaced when they die or wear out. One loop owns it.</summary>
internal sealed class IntroductionPointSet : IAsyncDisposable
{
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(5);

    private readonly WakeUp _wake = new();
    private readonly NodeContext _context;
    private readonly IntroductionRoster _roster;
    private readonly IntroductionLauncher _launcher;
    private readonly ILogger _logger;
    private volatile bool _isSettled;

    /// <summary>Creates an empty set.</summary>
    /// <param name="context">Time, randomness, logs.</param>
    /// <param name="circuits">Opens circuits.</param>
    /// <param name="wanted">How many points are wanted.</param>
    /// <param name="onIntroduction">Takes each INTRODUCE2 on a read loop.</param>
    public IntroductionPointSet(
        NodeContext context, IIntroductionCircuits circuits, int wanted, Action<IntroductionPoint, ReadOnlyMemory<byte>> onIntroduction)
    {
        _context = context;
        _roster = new IntroductionRoster(context, wanted);
        _launcher = new IntroductionLauncher(context, circuits, _roster, onIntroduction);
        _launcher.PointClosed += _wake.Set;
        _logger = context.Loggers.CreateLogger<IntroductionPointSet>();
    }

    /// <summary>Something changed that a descriptor or a snapshot shows; the error is what went wrong last, if it did.</summary>
    public event Action<TorException?>? Changed;

    /// <summary>The points that visitors may be told, oldest first.</summary>
    public IReadOnlyList<IntroductionPoint> Standing => _roster.Standing;

    /// <summary>Grows with every point that comes or goes.</summary>
    public int Version => _roster.Version;

    /// <summary>True if no more are to be waited for now: all stand, or a round of attempts ended with some.</summary>
    public bool IsSettled => _isSettled;

    /// <summary>Works until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await FillAsync(cancellationToken).ConfigureAwait(false);
            Retire(onlyDead: false);
            await CloseAsync(_roster.TakeDue()).ConfigureAwait(false);

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
    public async ValueTask DisposeAsync() => await CloseAsync(_roster.TakeAll()).ConfigureAwait(false);

    private static async Task CloseAsync(IReadOnlyList<IntroductionPoint> points)
    {
        foreach (var point in points)
        {
            await point.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task FillAsync(CancellationToken cancellationToken)
    {
        var backoff = FirstBackoff;
        Retire(onlyDead: true);
        while (_roster.Missing is > 0 and var missing)
        {
            var (added, fault) = await _launcher.LaunchAsync(missing, cancellationToken).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            _isSettled = Standing.Count > 0;
            Changed?.Invoke(_roster.Missing > 0 ? fault : null);
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

            // Where there are no other relays, a point's successor has to stand at the same one.
            Retire(onlyDead: fault is not null);
        }

        _isSettled = true;
    }

    /// <summary>Takes out dead points; and once successors stand, those that are worn out.</summary>
    private void Retire(bool onlyDead)
    {
        if (_roster.Retire(onlyDead))
        {
            _isSettled &= _roster.Missing == 0;
            Changed?.Invoke(null);
        }
    }
}
