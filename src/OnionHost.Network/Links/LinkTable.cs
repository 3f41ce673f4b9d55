using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using OnionHost.Network.Links.Floods;
using OnionHost.Network.Links.Traffic;
using OnionHost.Protocol.Cells;

namespace OnionHost.Network.Links;

/// <summary>The links of one node: one per relay identity, opened on demand, kept alive, closed when idle.</summary>
internal sealed class LinkTable : IAsyncDisposable
{
    private static readonly TimeSpan Upkeep = TimeSpan.FromSeconds(15);

    private readonly Lock _lock = new();
    private readonly Dictionary<object, Task<Link>> _connecting = [];
    private readonly LinkIndex _index = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly NodeContext _context;
    private readonly LinkOptions _options;
    private readonly LinkConnector _connector;
    private readonly ILogger _logger;
    private readonly BackgroundLoop _upkeep;
    private int _relieving;

    /// <summary>Starts without links.</summary>
    public LinkTable(NodeContext context, LinkOptions options)
    {
        _context = context;
        _options = options;
        _connector = new LinkConnector(context, options);
        _logger = context.Loggers.CreateLogger<LinkTable>();
        Clocks = new PeerClocks(context);
        Traffic = new NodeTraffic(context.Time, options) { Memory = { Exceeded = Relieve } };
        Floods = new FloodGuard(context, options.MaxHalfOpen);
        _upkeep = BackgroundLoop.Every(Upkeep, "link upkeep", context, _ => KeepUp());
        if (options.Credentials is not null && !_connector.CanAuthenticate)
        {
            LinkLog.CannotAuthenticate(_logger);
        }
    }

    /// <summary>Takes the circuits that peers open; null answers DESTROY.</summary>
    public ILinkAcceptor? Acceptor { get; set; }

    /// <summary>The open links, a snapshot.</summary>
    public IReadOnlyCollection<Link> Links => [.. _index.Snapshot().Where(link => link.IsOpen)];

    /// <summary>What the peers say the time is.</summary>
    public PeerClocks Clocks { get; }

    /// <summary>What the links share.</summary>
    public NodeTraffic Traffic { get; }

    /// <summary>Keeps single addresses from taking all.</summary>
    public FloodGuard Floods { get; }

    /// <summary>How the node links.</summary>
    internal LinkOptions Options => _options;

    /// <summary>An open link to the relay: one that is there, or a new one.</summary>
    /// <exception cref="LinkException">None of its addresses answered, or with another identity.</exception>
    public Task<Link> GetAsync(LinkTarget target, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, this);
        if (_index.Find(target, IsUsable) is { } link)
        {
            return Task.FromResult(link);
        }

        return ConnectOnce(target).WaitAsync(cancellationToken);
    }

    /// <summary>Makes a link out of an inbound connection.</summary>
    internal async Task AcceptAsync(Socket socket, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, cancellationToken);
        Admission? admission = null;
        try
        {
            if (_index.Count >= _options.MaxLinks || (admission = Floods.TryAdmit(((IPEndPoint)socket.RemoteEndPoint!).Address)) is null)
            {
                socket.Dispose();
                return;
            }

            admission.Opened(Start(await _connector.AcceptAsync(socket, stop.Token)));
        }
        catch (Exception e)
        {
            LinkLog.AcceptFailed(_logger, e);
            admission?.Failed();
            socket.Dispose();
        }
    }

    /// <summary>Closes every link.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _upkeep.DisposeAsync();
        Task[] connecting;
        lock (_lock)
        {
            connecting = [.. _connecting.Values];
        }

        await Task.WhenAll(connecting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var link in _index.Snapshot())
        {
            await link.DisposeAsync();
        }
    }

    private bool IsUsable(Link link) => link.IsOpen && _context.Time.GetElapsedTime(link.Created) < _options.MaxAge;

    /// <summary>Joins the attempt that goes on for this relay, or starts one. It goes on when its first caller gives up.</summary>
    private Task<Link> ConnectOnce(LinkTarget target)
    {
        object key = target switch
        {
            { Fingerprint: { } fingerprint } => fingerprint,
            { Identity: { } identity } => identity,
            _ => string.Join(' ', target.Addresses),
        };
        lock (_lock)
        {
            if (_connecting.TryGetValue(key, out var going) && !going.IsCompleted)
            {
                return going;
            }

            var attempt = Task.Run(() => ConnectAsync(target, key)).MayFailUnheard();
            _connecting[key] = attempt;
            return attempt;
        }
    }

    private async Task<Link> ConnectAsync(LinkTarget target, object key)
    {
        try
        {
            // Another attempt may have ended since the caller looked.
            return _index.Find(target, IsUsable) ?? await TryAddressesAsync(target);
        }
        finally
        {
            lock (_lock)
            {
                _connecting.Remove(key);
            }
        }
    }

    private async Task<Link> TryAddressesAsync(LinkTarget target)
    {
        LinkException? fault = null;
        foreach (var address in target.Addresses)
        {
            try
            {
                return Start(await _connector.ConnectAsync(target, address, _stop.Token));
            }
            catch (LinkException e)
            {
                LinkLog.ConnectFailed(_logger, e, address);
                fault = e;
            }
        }

        throw fault ?? new LinkException(DestroyReason.ConnectFailed, "The relay has no address.");
    }

    private Link Start(OpenedLink opened)
    {
        var link = new Link(_context, _options, Traffic, opened.Tls, opened.Handshake) { Acceptor = () => Acceptor, Floods = Floods };
        LinkLog.Opened(_logger, link.Peer.Remote, link.Peer.Protocol, link.Peer.Fingerprint, link.IsInitiator);
        HearTime(link);
        _index.Add(link);
        link.Closed.ContinueWith(_ => _index.Remove(link), TaskScheduler.Default);
        _ = Task.Run(() => link.RunAsync(opened.Buffer, opened.Filled));
        if (_stop.IsCancellationRequested)
        {
            link.Close("the node stops");
        }

        return link;
    }

    /// <summary>Too much memory is queued: the circuits whose cells wait longest are closed. Elsewhere, since whoever queues holds locks.</summary>
    private void Relieve()
    {
        if (Interlocked.Exchange(ref _relieving, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(table => table.CloseOldest(), this, preferLocal: false);
        }
    }

    private void CloseOldest()
    {
        var waiting = new List<WaitingCells>();
        foreach (var link in _index.Snapshot())
        {
            link.CollectWaiting(waiting);
        }

        waiting.Sort((one, other) => one.Since.CompareTo(other.Since));
        var closed = 0;
        while (closed < waiting.Count && Traffic.Memory.Used > Traffic.Memory.Target)
        {
            var oldest = waiting[closed++];
            oldest.Link.Relieve(oldest.Slot);
        }

        LinkLog.MemoryRelieved(_logger, closed, Traffic.Memory.Used);
        Volatile.Write(ref _relieving, 0);
    }

    /// <summary>Only what relays say that we chose to link to: others could make up any time.</summary>
    private void HearTime(Link link)
    {
        if (link is { IsInitiator: true, Peer: { ClockSkew: { } skew, Fingerprint: { } peer } })
        {
            Clocks.Hear(peer, skew);
        }
    }

    private Task KeepUp()
    {
        Floods.KeepUp();
        foreach (var link in _index.Snapshot())
        {
            if (link.IdleFor >= link.IdleTimeout)
            {
                link.Close("idle");
            }
            else
            {
                link.KeepAlive(_options.KeepAlive);
            }
        }

        return Task.CompletedTask;
    }
}
