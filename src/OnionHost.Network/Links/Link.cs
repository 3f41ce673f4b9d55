using OnionHost.Network.Circuits;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Links;

/// <summary>A TLS connection to a relay or client whose handshake is done, and the circuits on it.</summary>
internal sealed class Link : ICircuitLink, IAsyncDisposable
{
    internal Link(LinkPeer peer, bool isInitiator)
    {
        Peer = peer;
        IsInitiator = isInitiator;
    }

    /// <summary>Who is at the other end.</summary>
    public LinkPeer Peer { get; }

    /// <summary>True if we opened the TLS connection.</summary>
    public bool IsInitiator { get; }

    /// <summary>False once the link closes.</summary>
    public bool IsOpen => throw new NotImplementedException();

    /// <summary>How many circuits are attached.</summary>
    public int CircuitCount => throw new NotImplementedException();

    /// <summary>Completes when the link has closed and every circuit was told; never faults.</summary>
    public Task Closed => throw new NotImplementedException();

    /// <summary>Puts a circuit on the link, under a free number of our half.</summary>
    /// <exception cref="LinkException">The link is closed or full.</exception>
    public CircuitId Attach(ILinkCircuit circuit) => throw new NotImplementedException();

    /// <summary>Puts a circuit on the link, under the number that the peer chose; false if it is taken or the link closed.</summary>
    public bool TryAttach(CircuitId id, ILinkCircuit circuit) => throw new NotImplementedException();

    /// <summary>Takes a circuit off the link without a word; what it had queued is dropped.</summary>
    public void Detach(CircuitId id) => throw new NotImplementedException();

    /// <summary>Queues a fixed cell, at most 509 bytes of payload. Any thread; the order within a circuit is kept.
    /// On a closed link and for detached circuits nothing happens.</summary>
    public void Send(CircuitId id, CellCommand command, ReadOnlySpan<byte> payload) => throw new NotImplementedException();

    /// <summary>Drops what the circuit has queued, sends DESTROY and detaches it.</summary>
    public void Destroy(CircuitId id, DestroyReason reason) => throw new NotImplementedException();

    /// <summary>Cells of a circuit that wait for the writer.</summary>
    public int QueuedCells(CircuitId id) => throw new NotImplementedException();

    /// <summary>Closes the link; circuits get <see cref="ILinkCircuit.OnLinkClosed"/>.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
