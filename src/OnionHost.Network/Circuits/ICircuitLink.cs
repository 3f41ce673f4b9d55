using OnionHost.Network.Links;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Circuits;

/// <summary>
/// What a circuit needs of a <see cref="Link"/>. The seam is here so that circuits can be tested over links in memory,
/// without TLS; nothing but <see cref="Link"/> implements it in a running node.
/// </summary>
internal interface ICircuitLink
{
    /// <summary>Who is at the other end.</summary>
    LinkPeer Peer { get; }

    /// <summary>False once the link carries no more cells.</summary>
    bool IsOpen { get; }

    /// <summary>A circuit on the link has more hops than the two ends of the link.</summary>
    void MarkMultiHop();

    /// <summary>Takes a free id of our half for a circuit that we create.</summary>
    CircuitId Attach(ILinkCircuit circuit);

    /// <summary>Registers a circuit under the id that the peer chose; false if it is in use.</summary>
    bool TryAttach(CircuitId id, ILinkCircuit circuit);

    /// <summary>Forgets a circuit without telling the peer.</summary>
    void Detach(CircuitId id);

    /// <summary>Queues a cell; the order of one circuit's cells is kept.</summary>
    void Send(CircuitId id, CellCommand command, ReadOnlySpan<byte> payload);

    /// <summary>Drops what the circuit has queued, tells the peer, and forgets the circuit.</summary>
    void Destroy(CircuitId id, DestroyReason reason);

    /// <summary>How many cells of this circuit wait to be written.</summary>
    int QueuedCells(CircuitId id);
}
