using OnionHost.Network.Circuits;
using OnionHost.Network.Links;
using OnionHost.Network.Relays;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Tests.Authority;

/// <summary>Takes a relay's circuits, and loses the cells of some commands that come in on them.</summary>
internal sealed class FaultyAcceptor(CircuitAcceptor sound, IReadOnlyList<CellCommand> lost) : ILinkAcceptor
{
    /// <summary>Released for each cell that was lost.</summary>
    public SemaphoreSlim Lost { get; } = new(0);

    public void OnCreate(Link link, CircuitId id, CellCommand command, ReadOnlySpan<byte> payload)
    {
        if (Loses(command))
        {
            // As if the cell never came: somebody has to hold the circuit, or the link answers that nobody does.
            link.TryAttach(id, new FaultyCircuit(this, sound: null));
            return;
        }

        sound.Accept(new FaultyLink(this, link), id, command, payload);
    }

    private bool Loses(CellCommand command)
    {
        if (!lost.Contains(command))
        {
            return false;
        }

        Lost.Release();
        return true;
    }

    private sealed class FaultyLink(FaultyAcceptor owner, ICircuitLink link) : ICircuitLink
    {
        public LinkPeer Peer => link.Peer;

        public bool IsOpen => link.IsOpen;

        public void MarkMultiHop() => link.MarkMultiHop();

        public CircuitId Attach(ILinkCircuit circuit) => link.Attach(circuit);

        public bool TryAttach(CircuitId id, ILinkCircuit circuit) => link.TryAttach(id, new FaultyCircuit(owner, circuit));

        public void Detach(CircuitId id) => link.Detach(id);

        public void Send(CircuitId id, CellCommand command, ReadOnlySpan<byte> payload) => link.Send(id, command, payload);

        public void Destroy(CircuitId id, DestroyReason reason) => link.Destroy(id, reason);

        public int QueuedCells(CircuitId id) => link.QueuedCells(id);
    }

    private sealed class FaultyCircuit(FaultyAcceptor owner, ILinkCircuit? sound) : ILinkCircuit
    {
        public void OnCell(CellCommand command, Span<byte> payload)
        {
            if (!owner.Loses(command))
            {
                sound?.OnCell(command, payload);
            }
        }

        public void OnBatchEnd() => sound?.OnBatchEnd();

        public void OnLinkClosed() => sound?.OnLinkClosed();
    }
}
