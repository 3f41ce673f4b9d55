using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using OnionHost.Network.Congestion;
using OnionHost.Network.Links;
using OnionHost.Protocol;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;
using OnionHost.Protocol.RelayCrypto;

namespace OnionHost.Network.Circuits;

/// <summary>
/// A circuit that starts here. Cells that come in are peeled hop by hop until one recognizes them; cells that go out are
/// sealed for their hop and wrapped for every nearer one. Nobody's purpose is written on it: its holder knows.
/// </summary>
[SkipLocalsInit]
internal sealed class ClientCircuit : EdgeCircuit, ILinkCircuit, IAsyncDisposable
{
    /// <summary>RELAY_EARLY cells that a circuit may carry outward, and so the relays it can be extended by (tor-spec 5.6).</summary>
    public const int MaxEarlyCells = 8;

    private readonly ICircuitLink _link;
    private readonly CircuitExtension _extension;
    private readonly CircuitHops _hops = new();
    private CircuitId _id;

    private ClientCircuit(NodeContext context, ICircuitLink link)
        : base(context, context.Loggers.CreateLogger<ClientCircuit>())
    {
        _link = link;
        _extension = new CircuitExtension(this);
    }

    /// <summary>The hops, nearest first; null for the virtual hop of an onion service.</summary>
    public IReadOnlyList<HopTarget?> Path => [.. _hops.All.Select(hop => hop.Target)];

    public int Length => _hops.Count;

    /// <summary>The end of the farthest layer.</summary>
    public CircuitEdge LastHop => _hops[^1].Edge;

    /// <summary>Streams to whichever hop.</summary>
    public int OpenStreams => _hops.All.Sum(hop => hop.Edge.OpenStreams);

    /// <summary>Creates a circuit of one hop.</summary>
    /// <exception cref="CircuitException">The relay refused or failed.</exception>
    public static async Task<ClientCircuit> CreateAsync(NodeContext context, ICircuitLink link, HopTarget first, CancellationToken cancellationToken)
    {
        using var handshake = HopHandshake.Begin(first, context.Random);
        return await CreateAsync(context, link, handshake, first, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Creates a circuit of one hop to a relay whose onion key is not known: only to fetch directory documents.</summary>
    /// <exception cref="CircuitException">The relay refused or failed.</exception>
    public static async Task<ClientCircuit> CreateFastAsync(NodeContext context, ICircuitLink link, CancellationToken cancellationToken)
    {
        using var handshake = HopHandshake.BeginFast(context.Random);
        return await CreateAsync(context, link, handshake, first: null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The end of the layer at a hop; 0 is the nearest.</summary>
    public CircuitEdge Edge(int hopIndex) => _hops[hopIndex].Edge;

    /// <summary>Extends the circuit by a relay. A failure or cancellation closes the circuit.</summary>
    /// <exception cref="CircuitException">The hop could not be added.</exception>
    public Task ExtendAsync(HopTarget hop, CancellationToken cancellationToken)
    {
        _link.MarkMultiHop();
        return _extension.ExtendAsync(hop, cancellationToken);
    }

    /// <summary>
    /// Extends the circuit by a relay, if that can be done in time. If it cannot, the circuit stands as it was and can be extended to
    /// another relay: the hops that were reached are kept. Cancellation and every other failure close it.
    /// </summary>
    /// <param name="hop">The relay.</param>
    /// <param name="patience">After so long without an answer the last hop is told (TRUNCATE) to give it up.</param>
    /// <param name="cancellationToken">Ends the wait, and the circuit.</param>
    /// <exception cref="CircuitException">The circuit closed.</exception>
    public Task<bool> TryExtendAsync(HopTarget hop, TimeSpan patience, CancellationToken cancellationToken)
    {
        _link.MarkMultiHop();
        return _extension.TryExtendAsync(hop, patience, cancellationToken);
    }

    /// <summary>Sends a cell that the hop throws away: padding over a part of the circuit that only its two ends can tell from data.</summary>
    public void Pad(int hopIndex) => Edge(hopIndex).Send(RelayCommand.Drop, StreamId.None, []);

    /// <summary>Cuts the circuit back to its first <paramref name="hops"/> hops; it can be extended again (the paper's leaky pipe).</summary>
    /// <exception cref="CircuitException">The circuit closed.</exception>
    public Task TruncateAsync(int hops, CancellationToken cancellationToken) => _extension.TruncateAsync(hops, cancellationToken);

    /// <summary>Adds the virtual hop that a rendezvous gave keys for. The circuit owns the layer from here on.</summary>
    /// <param name="layer">The keys.</param>
    /// <param name="side">Which end this is.</param>
    /// <param name="terms">What client and service agreed on; null for fixed windows.</param>
    public CircuitEdge AddOnionHop(RelayLayer layer, OnionHopSide side, CongestionTerms? terms = null)
    {
        var (outgoing, incoming) = side == OnionHopSide.Client ? (layer.Forward, layer.Backward) : (layer.Backward, layer.Forward);
        var ends = new EdgeLayer(outgoing, incoming, ReadOnlyMemory<byte>.Empty, IsInitiator: side == OnionHopSide.Client);
        return AddHop(ends, target: null, BeginFlow(terms, FlowEnd.Onion), layer);
    }

    /// <summary>Closes the circuit; its streams fail with a <see cref="CircuitException"/>.</summary>
    public void Close() => Close(DestroyReason.Requested, tellPeer: true, "it was closed here");

    public ValueTask DisposeAsync()
    {
        Close();
        return ValueTask.CompletedTask;
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

    void ILinkCircuit.OnBatchEnd() => _hops.OnBatchEnd();

    void ILinkCircuit.OnLinkClosed() => Close(DestroyReason.ChannelClosed, tellPeer: false, "its link closed");

    internal override int QueuedCells => _link.QueuedCells(_id);

    internal override void Forward(CircuitEdge edge, Span<byte> payload, bool early)
    {
        if (_hops.TryWrap(edge, payload))
        {
            _link.Send(_id, early ? CellCommand.RelayEarly : CellCommand.Relay, payload);
        }
    }

    internal override void Fail(DestroyReason reason, string rule)
    {
        CircuitLog.Failed(Logger, Number, reason, rule);
        Close(reason, tellPeer: true, rule);
    }

    /// <summary>Puts the circuit on its link, and asks the first relay for it.</summary>
    internal void SendCreate(HopHandshake handshake)
    {
        _id = _link.Attach(this);
        handshake.SendCreate(_link, _id);
    }

    /// <summary>Read loop: the hops after the first <paramref name="keep"/> are gone.</summary>
    internal void CutBack(int keep)
    {
        CircuitHop[] cut;
        lock (SendLock)
        {
            cut = _hops.Cut(keep);
        }

        CloseHops(cut, Closing(DestroyReason.Requested, "it was cut back"));
        Array.ForEach(cut, hop => hop.Edge.OnBatchEnd());
    }

    /// <summary>Closes once; later calls change nothing.</summary>
    internal void Close(DestroyReason reason, bool tellPeer, string why)
    {
        if (!TryClose(reason))
        {
            return;
        }

        if (tellPeer && _id != CircuitId.None)
        {
            _link.Destroy(_id, DestroyReason.None); // A client never says more (tor-spec 5.4).
        }
        else
        {
            _link.Detach(_id);
        }

        IReadOnlyList<CircuitHop> hops;
        lock (SendLock)
        {
            hops = _hops.All; // Under the lock: a hop that is just being added is either here, or refused.
        }

        var cause = Closing(reason, why);
        _extension.Close(cause);
        CloseHops(hops, cause);
        SetClosed();
    }

    private static async Task<ClientCircuit> CreateAsync(
        NodeContext context, ICircuitLink link, HopHandshake handshake, HopTarget? first, CancellationToken cancellationToken)
    {
        var circuit = new ClientCircuit(context, link);
        await circuit._extension.CreateAsync(handshake, first, cancellationToken).ConfigureAwait(false);
        return circuit;
    }

    /// <summary>Adds the next hop; the circuit owns the keys from here on.</summary>
    internal CircuitEdge AddHop(EdgeLayer ends, HopTarget? target, CircuitFlow flow, IDisposable keys)
    {
        var edge = new CircuitEdge(this, ends, flow);
        lock (SendLock)
        {
            if (IsOpen)
            {
                _hops.Add(new CircuitHop(edge, target, ends.Outgoing, ends.Incoming, keys));
                edge.Handle(RelayCommand.Truncated, (_, body) => _extension.OnTruncated(edge, body));
                return edge;
            }
        }

        keys.Dispose();
        throw Closing(CloseReason ?? DestroyReason.None, "it closed while it was extended");
    }

    private void OnCell(CellCommand command, Span<byte> payload)
    {
        switch (command)
        {
            case CellCommand.Relay:
                OnRelay(payload);
                break;
            case CellCommand.Created2 or CellCommand.CreatedFast:
                _extension.OnCreated(payload);
                break;
            case CellCommand.Destroy:
                var reason = (DestroyReason)payload[0];
                CircuitLog.Destroyed(Logger, Number, reason);
                Close(reason, tellPeer: false, $"the network closed it ({reason})");
                break;
            case CellCommand.RelayEarly:
                throw new ProtocolException("RELAY_EARLY came inward.");
        }
    }

    private void OnRelay(Span<byte> payload)
    {
        Span<byte> tag = stackalloc byte[CircuitFlow.TagSize];
        _hops.Peel(payload, tag).OnMessage(payload, tag);
    }

    private void CloseHops(IReadOnlyList<CircuitHop> hops, CircuitException cause)
    {
        foreach (var hop in hops)
        {
            hop.Edge.Close(cause);
        }

        DisposeLater(hops.Select(hop => hop.Keys));
    }

    private CircuitException Closing(DestroyReason reason, string why) => new($"Circuit {Number} is closed: {why}.", reason);
}
