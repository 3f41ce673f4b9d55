using System.Collections.Concurrent;
using System.Net;
using OnionHost.Dht.Fetching;
using OnionHost.Dht.Publishing;
using OnionHost.Dht.Ring;
using OnionHost.Network;
using OnionHost.Network.Client;
using OnionHost.Network.Congestion;
using OnionHost.Network.Directory;
using OnionHost.Network.Links.Traffic;
using OnionHost.Network.Paths;
using OnionHost.Network.Socks;
using OnionHost.Protocol;
using OnionHost.Rendezvous.Dialing;
using OnionHost.Rendezvous.Introductions;
using OnionHost.Rendezvous.Keys;
using OnionHost.Rendezvous.Publishing;
using OnionHost.Rendezvous.Services;

namespace OnionHost.Rendezvous;

/// <summary>
/// A Tor client: joins a network, opens streams through it, and runs onion services. Several can live in one process.
/// </summary>
public sealed class TorClient : IAsyncDisposable
{
    private readonly NodeContext _context;
    private readonly ClientNode _node;
    private readonly HsDirCircuits _directories;
    private readonly DescriptorFetcher _fetcher;
    private readonly DescriptorBoard _board;
    private readonly OnionDialer _dialer;
    private readonly SocksServer? _socks;
    private readonly ConcurrentDictionary<OnionService, byte> _services = new();
    private readonly SemaphoreSlim _starting = new(1);
    private bool _started;
    private int _disposed;

    /// <summary>Creates a client; nothing goes over the network before <see cref="StartAsync"/>.</summary>
    /// <exception cref="TorException">An option is wrong, there is no authority, or the data directory cannot be used.</exception>
    public TorClient(TorClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        TorClientOptionsCheck.Check(options);
        Options = options;
        _context = new NodeContext(options.TimeProvider, options.Random, options.LoggerFactory);
        _node = new ClientNode(_context, NodeOptionsOf(options));
        _directories = new HsDirCircuits(_node.Circuits);
        _board = new DescriptorBoard(_node.Directory, new DescriptorUploader(_context, _directories));
        _fetcher = new DescriptorFetcher(_context, _board.WaitAsync, _directories);
        var connector = new OnionConnector(_context, new ServiceDirectory(_fetcher, Congestion), new VisitorCircuits(_node.Circuits));
        _dialer = new OnionDialer(_context, _node.Circuits, connector);
        _socks = options.SocksEndPoint is { } listen ? new SocksServer(_context, listen, _dialer) : null;
    }

    /// <summary>How far it is with joining the network, and what holds it up.</summary>
    public event Action<BootstrapProgress>? ProgressChanged
    {
        add => _node.Directory.ProgressChanged += value;
        remove => _node.Directory.ProgressChanged -= value;
    }

    /// <summary>The options it was made with.</summary>
    public TorClientOptions Options { get; }

    /// <summary>How far it is with joining the network, and what holds it up.</summary>
    public BootstrapProgress Progress => _node.Progress;

    /// <summary>Where it listens for SOCKS, with the real port; null without SOCKS or before the start.</summary>
    public IPEndPoint? SocksEndPoint => _started ? _socks?.EndPoint : null;

    /// <summary>The onion services that run.</summary>
    public IReadOnlyCollection<OnionService> Services => [.. _services.Keys];

    /// <summary>What is below onion services, for tests and for whoever extends this.</summary>
    internal ClientNode Node => _node;

    /// <summary>Opens streams as the SOCKS port does.</summary>
    internal IStreamDialer Dialer => _dialer;

    /// <summary>Starts to join the network, and listens for SOCKS. Returns at once; <see cref="WaitUntilReadyAsync"/> waits. Calling it again does nothing.</summary>
    /// <exception cref="TorException">The SOCKS port is in use.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        await _starting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_started)
            {
                return;
            }

            if (_socks is not null)
            {
                await _socks.StartAsync(cancellationToken).ConfigureAwait(false);
            }

            await _node.StartAsync(cancellationToken).ConfigureAwait(false);
            _started = true;
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>Waits until the network is known and circuits can be built. It may wait for ever: <see cref="Progress"/> says what holds it up.</summary>
    public async Task WaitUntilReadyAsync(CancellationToken cancellationToken = default) =>
        await _node.Directory.WaitAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Opens a stream through the network; starts the client and waits for the network if need be.</summary>
    /// <param name="host">A host name, an IP literal, <c>y.onion</c>, or <c>x.y.onion</c> with a cookie. It is never resolved here.</param>
    /// <param name="port">1 to 65535.</param>
    /// <param name="isolation">Streams with different values never share a circuit; null is a value of its own.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="TorException">It could not be opened; an <see cref="OnionException"/> for onion addresses.</exception>
    public async Task<Stream> ConnectAsync(string host, int port, string? isolation = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(host);
        ArgumentOutOfRangeException.ThrowIfLessThan(port, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, ushort.MaxValue);
        await StartAsync(cancellationToken).ConfigureAwait(false);
        var key = isolation is null ? IsolationKey.None : new IsolationKey($"connect {isolation}");
        var stream = await _dialer.DialAsync(new StreamTarget(host, port, key), cancellationToken).ConfigureAwait(false);
        return stream.AsStream();
    }

    /// <summary>
    /// Makes or loads an onion service's keys and starts the service, and the client if need be. Its address is known when the
    /// task ends; visitors find it a little later (<see cref="OnionService.WaitUntilReachableAsync"/>).
    /// </summary>
    /// <exception cref="TorException">An option is wrong, or the key directory is locked, unreadable or foreign.</exception>
    public async Task<OnionService> AddServiceAsync(OnionServiceOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        OnionServiceOptionsCheck.Check(options);
        await StartAsync(cancellationToken).ConfigureAwait(false);
        var circuits = new ServiceCircuits(_context, _node.Circuits);
        var service = await Task.Run(() => OnionService.Open(_context, options, new ServiceNetwork(circuits, circuits, _board, Congestion)), cancellationToken)
            .ConfigureAwait(false);
        _services[service] = 0;
        service.Changed += snapshot =>
        {
            if (snapshot.State == OnionServiceState.Stopped)
            {
                _services.TryRemove(service, out _);
            }
        };
        service.Start();
        return service;
    }

    private static ClientNodeOptions NodeOptionsOf(TorClientOptions options) => new()
    {
        Authorities = options.Authorities,
        Fallbacks = options.Fallbacks,
        DataDirectory = options.DataDirectory,
        EnforceDistinctSubnets = options.EnforceDistinctSubnets,
        AllowPrivateAddresses = options.AllowPrivateAddresses,
        Bandwidth = options.BandwidthRate is { } rate ? new Bandwidth(rate, options.BandwidthBurst ?? rate) : null,
        Pool = new CircuitPoolOptions
        {
            ExitLength = options.CircuitLength,
            LeaveFromMiddle = options.LeaveFromMiddle,
            LongRangePadding = options.LongRangePadding,
            MaxDirtiness = options.NewCircuitAfter,
        },
    };

    /// <summary>What the network says at the moment; with no consensus yet, what it says by default.</summary>
    private CongestionParameters? Congestion() => _node.Directory.Current is { } view ? view.Congestion : CongestionParameters.Default;

    /// <summary>Stops its services, SOCKS and circuits.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await Task.WhenAll(_services.Keys.Select(service => service.DisposeAsync().AsTask())).ConfigureAwait(false);
        if (_socks is not null)
        {
            await _socks.DisposeAsync().ConfigureAwait(false);
        }

        await _dialer.DisposeAsync().ConfigureAwait(false);
        await _fetcher.DisposeAsync().ConfigureAwait(false);
        _board.Dispose();
        await _node.DisposeAsync().ConfigureAwait(false);
    }
}
