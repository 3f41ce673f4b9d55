using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using OnionHost.Network.Circuits;
using OnionHost.Network.Links;
using OnionHost.Network.Links.Floods;
using OnionHost.Network.Links.Traffic;
using OnionHost.Protocol;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Handshakes;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Relays;

/// <summary>
/// A circuit that somebody made through us. Outward cells lose our layer and are taken or passed on; inward cells get it
/// and go back. It ends in an edge of its own, at most one next hop, or a splice to another circuit (rendezvous).
/// </summary>
[SkipLocalsInit]
internal sealed class RelayCircuit : EdgeCircuit, ILinkCircuit
{
    private readonly CircuitId _id;
    private readonly RelayRoles _roles;
    private readonly CircuitTail _tail;
    private CircuitKeyMaterial? _keys;
    private volatile CircuitEdge? _edge;
    private volatile RelayCircuit? _spliced;
    private TokenBucket? _streams;
    private int _earlyCells;
    private bool _isEarly;

    public RelayCircuit(NodeContext context, ICircuitLink previous, CircuitId id, RelayExtender extender, RelayRoles roles)
        : base(context, context.Loggers.CreateLogger<RelayCircuit>())
    {
        Previous = previous;
        _id = id;
        _tail = new CircuitTail(this, extender);
        _roles = roles;
    }

    /// <summary>Our end of the layer between the client and us.</summary>
    public CircuitEdge Edge => _edge ?? throw new InvalidOperationException("The circuit's handshake is not done.");

    /// <summary>Streams that end here.</summary>
    public int OpenStreams => _edge?.OpenStreams ?? 0;

    /// <summary>The link towards the client.</summary>
    public ICircuitLink Previous { get; }

    /// <summary>True if the hop before us did not prove that it is a relay.</summary>
    public bool IsFromClient => !Previous.Peer.IsAuthenticated;

    /// <summary>True if the circuit goes on to another relay.</summary>
    public bool HasNext => _tail.Next is not null;

    /// <summary>Closes the circuit in both directions.</summary>
    public void Close(DestroyReason reason) => Close(reason, tellPrevious: true);

    /// <summary>
    /// Joins two circuits that end here: cells that nobody here recognizes on one go back on the other, both ways, and
    /// closing one closes the other (rend-spec-v3 4.3).
    /// </summary>
    public void SpliceTo(RelayCircuit other)
    {
        _spliced = other;
        other._spliced = this;
        if (!IsOpen || !other.IsOpen)
        {
            Close(DestroyReason.Destroyed);
            other.Close(DestroyReason.Destroyed);
        }
    }

    /// <summary>The handshake is done: the keys are ours from here on, roles register, and the client is answered.</summary>
    internal void Establish(CircuitKeyMaterial keys, CircuitFlow flow, CellCommand answer, ReadOnlySpan<byte> payload)
    {
        var layer = new EdgeLayer(keys.Layer.Backward, keys.Layer.Forward, keys.CircuitBinding, IsInitiator: false);
        var edge = new CircuitEdge(this, layer, flow) { Inbound = _roles };
        edge.Handle(RelayCommand.Extend2, (_, body) => OnExtend(body));
        edge.Handle(RelayCommand.Truncate, (_, body) => OnTruncate(body));
        lock (SendLock)
        {
            _keys = keys;
            _edge = edge;
            if (!IsOpen)
            {
                keys.Dispose();
                return;
            }
        }

        foreach (var role in _roles.Circuits)
        {
            role.Attach(this);
        }

        Previous.Send(_id, answer, payload);
    }

    /// <summary>Read loop of the next link, or of a spliced circuit: adds our layer to a cell and passes it towards the client.</summary>
    internal void SendInward(Span<byte> payload)
    {
        lock (SendLock)
        {
            if (IsOpen && _keys is { } keys)
            {
                keys.Layer.Backward.Crypt(payload);
                Previous.Send(_id, CellCommand.Relay, payload);
            }
        }
    }

    /// <summary>Read loop: counts a stream that the client opens; false if that is too many.</summary>
    internal bool TrySpendStream(FloodLimits limits) =>
        (_streams ??= new TokenBucket(Context.Time, limits.StreamRate, limits.StreamBurst)).TrySpend();

    /// <summary>The next hop went away by itself.</summary>
    internal void OnNextClosed(NextHop next, DestroyReason reason)
    {
        if (_tail.Next == next)
        {
            Close(reason);
        }
    }

    internal override int QueuedCells => Previous.QueuedCells(_id);

    internal override void Forward(CircuitEdge edge, Span<byte> payload, bool early) => Previous.Send(_id, CellCommand.Relay, payload);

    internal override void Fail(DestroyReason reason, string rule)
    {
        CircuitLog.Failed(Logger, Number, reason, rule);
        Close(reason);
    }

    void ILinkCircuit.OnCell(CellCommand command, Span<byte> payload)
    {
        lock (ReceiveLock)
        {
            if (!IsOpen)
            {
                return;
            }

            try
            {
                OnCell(command, payload);
            }
            catch (ProtocolException e)
            {
                Fail(DestroyReason.Protocol, e.Message);
            }
        }
    }

    void ILinkCircuit.OnBatchEnd() => _edge?.OnBatchEnd();

    void ILinkCircuit.OnLinkClosed() => Close(DestroyReason.ChannelClosed, tellPrevious: false);

    private void OnCell(CellCommand command, Span<byte> payload)
    {
        switch (command)
        {
            case CellCommand.Relay or CellCommand.RelayEarly:
                OnRelay(command, payload);
                break;
            case CellCommand.Destroy:
                Close(DestroyReason.Destroyed, tellPrevious: false);
                break;
            case CellCommand.Created2 or CellCommand.CreatedFast:
                throw new ProtocolException($"{command} came from the side that created the circuit.");
        }
    }

    private void OnRelay(CellCommand command, Span<byte> payload)
    {
        if (_edge is not { } edge)
        {
            throw new ProtocolException("A cell came before the handshake was answered.");
        }

        _isEarly = command == CellCommand.RelayEarly;
        if (_isEarly && ++_earlyCells > ClientCircuit.MaxEarlyCells)
        {
            throw new ProtocolException($"More than {ClientCircuit.MaxEarlyCells} RELAY_EARLY cells came.");
        }

        Span<byte> tag = stackalloc byte[CircuitFlow.TagSize];
        edge.Incoming.Crypt(payload);
        if (edge.Incoming.TryRecognize(payload, tag))
        {
            edge.OnMessage(payload, tag);
        }
        else if (_tail.Next is { } next)
        {
            next.Send(command, payload);
        }
        else if (_spliced is { } other)
        {
            other.SendInward(payload);
        }
        else
        {
            throw new ProtocolException("A cell is not recognized, and the circuit ends here.");
        }
    }

    private void OnExtend(ReadOnlySpan<byte> body)
    {
        if (!_isEarly)
        {
            CircuitLog.Unexpected(this, RelayCommand.Extend2); // Only RELAY_EARLY may extend (tor-spec 5.6).
            return;
        }

        if (_spliced is not null)
        {
            throw new ProtocolException("EXTEND2 came for a circuit that was joined to another.");
        }

        _tail.Extend(body);
    }

    /// <summary>The tail is cut off and the circuit stays (the paper's leaky pipe).</summary>
    private void OnTruncate(ReadOnlySpan<byte> body)
    {
        var reader = new SpanReader(body);
        TruncateMessage.Read(ref reader);
        _tail.CutOff(DestroyReason.Requested);
        Edge.Send(RelayCommand.Truncated, StreamId.None, [(byte)DestroyReason.Requested]);
    }

    private void Close(DestroyReason reason, bool tellPrevious)
    {
        if (!TryClose(reason))
        {
            return;
        }

        _roles.OnClosed();

        if (tellPrevious)
        {
            Previous.Destroy(_id, reason);
        }
        else
        {
            Previous.Detach(_id);
        }

        _tail.Close(reason);
        _spliced?.Close(DestroyReason.Destroyed);
        var cause = new CircuitException($"Circuit {Number} is closed ({reason}).", reason);
        _edge?.Close(cause);
        if (_keys is { } keys)
        {
            DisposeLater([keys]);
        }

        SetClosed();
    }
}
