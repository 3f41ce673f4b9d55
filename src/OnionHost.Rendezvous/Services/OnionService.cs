using Microsoft.Extensions.Logging;
using OnionHost.Network;
using OnionHost.Protocol;
using OnionHost.Protocol.Identities;
using OnionHost.Rendezvous.Cookies;
using OnionHost.Rendezvous.Introductions;
using OnionHost.Rendezvous.Keys;
using OnionHost.Rendezvous.Publishing;
using OnionHost.Rendezvous.Visitors;

namespace OnionHost.Rendezvous.Services;

/// <summary>An onion service that runs (rend-spec-v3). <see cref="TorClient.AddServiceAsync"/> makes one.</summary>
public sealed class OnionService : IAsyncDisposable
{
    // Each cookie and each introduction point takes room in a descriptor of at most 50,000 bytes.
    private const int CookiesWithoutPoints = 340;
    private const int CookiesPerPoint = 11;

    private readonly NodeContext _context;
    private readonly ServiceKeys _keys;
    private readonly IntroductionPointSet _points;
    private readonly DescriptorComposer _composer;
    private readonly DescriptorPublication _publication;
    private readonly IntroductionIntake _intake;
    private readonly VisitorSet _visitors;
    private readonly VirtualPorts _ports;
    private readonly ServiceStatus _status;
    private readonly List<BackgroundLoop> _introducing = [];
    private readonly SemaphoreSlim _stopping = new(1);
    private BackgroundLoop? _admitting;
    private int _pointsVersion;
    private int _disposed;

    /// <summary>Puts a service together; <see cref="Start"/> starts it. It owns the keys.</summary>
    internal OnionService(NodeContext context, OnionServiceOptions options, ServiceKeys keys, ServiceNetwork network)
    {
        _context = context;
        _keys = keys;
        Options = options;
        Address = keys.Address;
        Cookies = new CookieRegistry(context, keys.Cookies, CookieCapacity(options.IntroductionPoints));
        OnionServiceOptionsCheck.CheckClients(options, Cookies);
        _ports = new VirtualPorts(Address, options.Backlog);
        _points = new IntroductionPointSet(context, network.Introductions, options.IntroductionPoints, (point, body) => _intake!.Offer(point, body));
        _composer = new DescriptorComposer(context, options, Cookies, _points, network.Congestion);
        _publication = new DescriptorPublication(context, keys.Identity, network.Board, _composer.Compose);
        _intake = new IntroductionIntake(context, Address, options, Cookies, () => _publication.Subcredentials, network.Congestion);
        _visitors = new VisitorSet(context, options, network.Meeting, Cookies, _ports);
        _status = new ServiceStatus(context, options, Address, () => Observe(network.Board));
        _status.Changed += snapshot => Changed?.Invoke(snapshot);
        Connect(network.Board);
    }

    /// <summary>The snapshot changed. Called on a thread of the service, which it must not hold up.</summary>
    public event Action<OnionServiceSnapshot>? Changed;

    /// <summary>The address that visitors open.</summary>
    public OnionAddress Address { get; }

    /// <summary>The options it runs with.</summary>
    public OnionServiceOptions Options { get; }

    /// <summary>Its authorization cookies.</summary>
    public CookieRegistry Cookies { get; }

    /// <summary>How far it is.</summary>
    public OnionServiceState State => Snapshot.State;

    /// <summary>What it looks like now.</summary>
    public OnionServiceSnapshot Snapshot => _status.Snapshot;

    /// <summary>The relays that introduce visitors now.</summary>
    internal IReadOnlyList<RelayFingerprint> IntroductionRelays() => [.. _points.Standing.Select(point => point.Circuit.Relay.Fingerprint)];

    /// <summary>Takes the streams that visitors open to a port; each port has one listener at a time.</summary>
    /// <param name="virtualPort">The port that visitors ask for, 1 to 65535.</param>
    /// <exception cref="TorException">The port has a listener already.</exception>
    public OnionListener Listen(int virtualPort)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        return _ports.Listen(virtualPort);
    }

    /// <summary>Waits until visitors find it. It may wait for ever: <see cref="Snapshot"/> says what holds it up.</summary>
    /// <exception cref="ObjectDisposedException">The service was stopped.</exception>
    public Task WaitUntilReachableAsync(CancellationToken cancellationToken = default) => _status.Reachable.WaitAsync(cancellationToken);

    /// <summary>Lets no new visitor in: closes the introduction circuits, and publishes no more. Joined circuits and their streams go on.</summary>
    public async Task StopIntroductionsAsync()
    {
        await _stopping.WaitAsync().ConfigureAwait(false);
        try
        {
            _status.Drain();
            foreach (var loop in _introducing)
            {
                await loop.DisposeAsync().ConfigureAwait(false);
            }

            _introducing.Clear();
            await _points.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            _stopping.Release();
        }
    }

    /// <summary>Ends it: introduction points and visitors' circuits are closed, and the key directory is free.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await StopIntroductionsAsync().ConfigureAwait(false);
        if (_admitting is not null)
        {
            await _admitting.DisposeAsync().ConfigureAwait(false);
        }

        _ports.Close();
        await _visitors.DisposeAsync().ConfigureAwait(false);
        Cookies.Stop();
        _publication.Dispose();
        _keys.Dispose();
        _status.Stop();
    }

    /// <summary>How many cookies a descriptor has room for.</summary>
    internal static int CookieCapacity(int introductionPoints) => CookiesWithoutPoints - (CookiesPerPoint * introductionPoints);

    /// <summary>Opens or makes the keys, and puts the service together.</summary>
    /// <exception cref="TorException">The key directory cannot be used, or does not fit the options.</exception>
    internal static OnionService Open(NodeContext context, OnionServiceOptions options, ServiceNetwork network)
    {
        var keys = ServiceKeys.Open(options, context);
        try
        {
            return new OnionService(context, options, keys, network);
        }
        catch
        {
            keys.Dispose();
            throw;
        }
    }

    /// <summary>Starts to open introduction points, and to publish once they stand.</summary>
    internal void Start()
    {
        _admitting = BackgroundLoop.Start($"introductions of '{Options.Name}'", _context, stop => _intake.RunAsync(_visitors.Meet, stop));
        _introducing.Add(BackgroundLoop.Start($"introduction points of '{Options.Name}'", _context, _points.RunAsync));
        _introducing.Add(BackgroundLoop.Start($"descriptors of '{Options.Name}'", _context, _publication.RunAsync));
    }

    private void Connect(IDescriptorBoard board)
    {
        board.Changed += () =>
        {
            _status.Update();
            if (_composer.IsOutdated)
            {
                _publication.Invalidate();
            }
        };
        _visitors.Changed += () => _status.Update();
        _publication.Changed += fault => _status.Update(fault);
        _points.Changed += fault =>
        {
            _status.Update(fault);
            if (Interlocked.Exchange(ref _pointsVersion, _points.Version) != _points.Version)
            {
                _publication.Invalidate();
            }

            _publication.Look();
        };
        Cookies.Changed += () =>
        {
            if (Options.RequireCookie)
            {
                _publication.Invalidate();
            }
        };
        Cookies.Ended += OnCookieEnded;
    }

    private void OnCookieEnded(string name)
    {
        var dismissed = _visitors.Dismiss(name);
        CookieLog.Ended(_context.Loggers.CreateLogger<OnionService>(), name, Options.Name, dismissed);
        if (Options.AllowDescriptorOnlyCookies)
        {
            // Without proofs, whoever has read a descriptor can use its introduction points for as long as they stand.
            _points.Renew();
        }
    }

    private ServiceObservation Observe(IDescriptorBoard board) => new(
        board.Slots is not null,
        _points.Standing.Count(point => !point.Circuit.Closed.IsCompleted),
        _publication.IsVisible,
        _publication.Outcome,
        _publication.LastPublished,
        _visitors.Count);
}
