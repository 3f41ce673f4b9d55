using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.Extensions.Logging;
using OnionHost.Network.Circuits;
using OnionHost.Network.Links.Floods;
using OnionHost.Network.Links.Traffic;
using OnionHost.Network.Tls;
using OnionHost.Protocol;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Links;

/// <summary>A TLS connection to a relay or client whose handshake is done, and the circuits on it.</summary>
internal sealed class Link : ICircuitLink, IAsyncDisposable
{
    private const int AttachAttempts = 64;

    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly NodeContext _context;
    private readonly LinkOptions _options;
    private readonly ILogger _logger;
    private readonly TlsConnection _tls;
    private readonly LinkWriter _writer;
    private readonly LinkCircuits _circuits;
    private readonly LinkNumbering _numbering;
    private readonly NodeTraffic _traffic;
    private readonly CancellationTokenSource _closing = new();
    private string? _closeReason;
    private long _lastRead;

    internal Link(NodeContext context, LinkOptions options, NodeTraffic traffic, TlsConnection tls, LinkHandshakeResult handshake)
    {
        _context = context;
        _traffic = traffic;
        _options = options;
        _tls = tls;
        _numbering = handshake.Numbering;
        _logger = context.Loggers.CreateLogger<Link>();
        _writer = new LinkWriter(tls, handshake.CircuitIdSize, traffic, fault => Close(fault.Message));
        _circuits = new LinkCircuits(context.Time, _writer, options.MaxCircuits, _logger);
        Created = context.Time.GetTimestamp();
        Peer = handshake.Peer;
        IsInitiator = handshake.IsInitiator;
        _lastRead = Created;
        Padding = new LinkPadding(context, this, options.Parameters);
        IdleTimeout = options.IdleTimeout ?? new LinkPaddingTimes(options.Parameters()).IdleTimeout(IsBetweenRelays && Peer.IsCanonical, context.Random);
    }

    /// <summary>Who is at the other end.</summary>
    public LinkPeer Peer { get; }

    /// <summary>True if we opened the TLS connection.</summary>
    public bool IsInitiator { get; }

    /// <summary>False once the link closes.</summary>
    public bool IsOpen => Volatile.Read(ref _closeReason) is null;

    /// <summary>How many circuits are attached.</summary>
    public int CircuitCount => _circuits.Count;

    /// <summary>The circuits on it now; for whoever watches.</summary>
    public IReadOnlyList<ILinkCircuit> Circuits => _circuits.Snapshot();

    /// <summary>Completes when the link has closed and every circuit was told; never faults.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Cells of all circuits that wait for the writer.</summary>
    public int QueuedCellsTotal => _writer.Queued;

    /// <summary>Bytes of cells sent so far.</summary>
    public long BytesSent => _writer.BytesWritten;

    /// <summary>Bytes of cells received so far.</summary>
    public long BytesReceived { get; private set; }

    /// <summary>When the link opened, a timestamp of the clock.</summary>
    internal long Created { get; }

    /// <summary>How long it stays without circuits.</summary>
    internal TimeSpan IdleTimeout { get; }

    /// <summary>True if neither end is a client.</summary>
    internal bool IsBetweenRelays => _options.Credentials is not null && Peer.IsAuthenticated;

    /// <summary>How long nothing was sent or received.</summary>
    internal TimeSpan Silence
    {
        get
        {
            var read = _context.Time.GetElapsedTime(Volatile.Read(ref _lastRead));
            return _writer.SinceLastWrite is var written && written < read ? written : read;
        }
    }

    /// <summary>Hides silence from those who watch.</summary>
    internal LinkPadding Padding { get; }

    /// <summary>True if the client at the other end may say how much padding it wants (padding-spec 2.2).</summary>
    internal bool MayNegotiatePadding => _options.Credentials is not null && !Peer.IsAuthenticated && Peer.Protocol >= 5;

    /// <summary>How long there was no circuit; zero while there is one.</summary>
    internal TimeSpan IdleFor => _circuits.IdleFor;

    /// <summary>Watches what clients ask for; null lets them.</summary>
    internal FloodGuard? Floods { get; init; }

    /// <summary>Takes the circuits that the peer opens; null answers DESTROY.</summary>
    internal Func<ILinkAcceptor?>? Acceptor { get; init; }

    /// <summary>Puts a circuit on the link, under a free number of our half.</summary>
    /// <exception cref="LinkException">The link is closed or full.</exception>
    public CircuitId Attach(ILinkCircuit circuit)
    {
        for (var i = 0; i < AttachAttempts; i++)
        {
            if (!IsOpen)
            {
                throw new LinkException(DestroyReason.ChannelClosed, "The link closed.");
            }

            if (_numbering.Pick(_context.Random) is { } id && TryAttach(id, circuit))
            {
                return id;
            }
        }

        throw new LinkException(DestroyReason.ResourceLimit, "The link has no room for another circuit.");
    }

    /// <summary>Puts a circuit on the link, under the number that the peer chose; false if it is taken, or the link closed or full.</summary>
    public bool TryAttach(CircuitId id, ILinkCircuit circuit)
    {
        if (_circuits.TryAdd(id, circuit) is not { } slot)
        {
            return false;
        }

        // A link that closes meanwhile either sees the circuit and tells it, or we see that it closed.
        return IsOpen || !_circuits.Remove(slot);
    }

    /// <summary>Takes a circuit off the link without a word; what it had queued is dropped.</summary>
    public void Detach(CircuitId id)
    {
        if (_circuits.Find(id) is { } slot)
        {
            _circuits.Remove(slot);
        }
    }

    /// <summary>Queues a fixed cell, at most 509 bytes of payload. Any thread; the order within a circuit is kept.
    /// On a closed link and for detached circuits nothing happens.</summary>
    public void Send(CircuitId id, CellCommand command, ReadOnlySpan<byte> payload)
    {
        if (_circuits.Find(id) is { } slot
            && !_writer.TrySend(slot.Queue, id, command, payload, _options.MaxQueuedCellsPerCircuit, _options.MaxQueuedCells))
        {
            LinkLog.QueueFull(_logger, id, slot.Queue.Count);
            if (!Peer.IsAuthenticated)
            {
                Floods?.OnQueueFull(Peer.Remote.Address);
            }

            Relieve(slot);
        }
    }

    /// <summary>Drops what the circuit has queued, sends DESTROY and detaches it.</summary>
    public void Destroy(CircuitId id, DestroyReason reason)
    {
        if (_circuits.Find(id) is { } slot && _circuits.Remove(slot))
        {
            SendDestroy(id, reason);
        }
    }

    /// <summary>Refuses a circuit that the peer opens and that was not attached.</summary>
    public void Refuse(CircuitId id, DestroyReason reason) => SendDestroy(id, reason);

    /// <summary>Cells of a circuit that wait for the writer; 0 for circuits that are not attached.</summary>
    public int QueuedCells(CircuitId id) => _circuits.Find(id)?.Queue.Count ?? 0;

    /// <summary>A circuit on the link goes on beyond the peer, or comes from beyond it: from here on padding hides its silence.</summary>
    public void MarkMultiHop() => Padding.Begin();

    /// <summary>Closes the link; circuits get <see cref="ILinkCircuit.OnLinkClosed"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        Close("closed here");
        await Closed;
    }

    /// <summary>Sends a padding cell if nothing was sent for a while: middleboxes forget silent connections.</summary>
    internal void KeepAlive(TimeSpan silence)
    {
        if (_writer.SinceLastWrite >= silence)
        {
            SendPadding();
        }
    }

    /// <summary>Sends a cell that says nothing.</summary>
    internal void SendPadding() => _writer.TrySendControl(CircuitId.None, CellCommand.Padding, default, _options.MaxQueuedCellsPerCircuit);

    /// <summary>Starts to close the link; the first reason counts.</summary>
    internal void Close(string reason)
    {
        if (Interlocked.CompareExchange(ref _closeReason, reason, null) is null)
        {
            LinkLog.Closed(_logger, Peer.Remote, reason);
            Padding.Dispose();
            _writer.Close();
            _ = _closing.CancelAsync();
            _ = _tls.DisposeAsync().AsTask();
        }
    }

    /// <summary>Reads until the link closes. Called once, by whoever opened the link.</summary>
    /// <param name="buffer">Rented; returned at the end. What came after the handshake's last cell lies at its front.</param>
    /// <param name="filled">How much that is.</param>
    internal async Task RunAsync(byte[] buffer, int filled)
    {
        var dispatcher = new LinkDispatcher(this, _circuits, _numbering, Acceptor, _logger);
        var reader = new LinkReader(this, dispatcher, _tls, buffer, filled) { Pace = _traffic.PaceOfLink() };
        try
        {
            await reader.RunAsync();
            Close("the peer closed it");
        }
        catch (Exception e)
        {
            if (IsOpen && e is not (ProtocolException or IOException or SocketException or AuthenticationException))
            {
                LinkLog.LinkFault(_logger, e);
            }

            Close(e.Message);
        }
        finally
        {
            _circuits.Clear();
            _closed.TrySetResult();
        }
    }

    /// <summary>Cancelled when the link closes.</summary>
    internal CancellationToken Closing => _closing.Token;

    /// <summary>False if the peer is a client whose address makes too many circuits.</summary>
    internal bool MayCreate() => Peer.IsAuthenticated || Floods?.TryCreate(Peer.Remote.Address) != false;

    /// <summary>Counts what was received.</summary>
    internal void OnReceived(int bytes)
    {
        BytesReceived += bytes;
        Volatile.Write(ref _lastRead, _context.Time.GetTimestamp());
    }

    /// <summary>What the links of the node share.</summary>
    internal NodeTraffic Traffic => _traffic;

    /// <summary>Adds the circuits that have cells waiting, each with the time of its oldest.</summary>
    internal void CollectWaiting(List<WaitingCells> waiting) => _circuits.CollectWaiting(this, waiting);

    /// <summary>Destroys a circuit because its cells take memory that others need.</summary>
    internal void Relieve(LinkSlot slot)
    {
        Destroy(slot.Id, DestroyReason.ResourceLimit);
        _circuits.Tell(slot);
    }

    private void SendDestroy(CircuitId id, DestroyReason reason)
    {
        if (!_writer.TrySendControl(id, CellCommand.Destroy, [(byte)reason], _options.MaxQueuedCellsPerCircuit))
        {
            Close("the peer does not read");
        }
    }
}
