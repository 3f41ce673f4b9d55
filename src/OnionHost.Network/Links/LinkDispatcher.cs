using Microsoft.Extensions.Logging;
using OnionHost.Protocol;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Links;

/// <summary>Hands the cells of an open link to its circuits. Belongs to the read loop.</summary>
internal sealed class LinkDispatcher(
    Link link, LinkCircuits circuits, LinkNumbering numbering, Func<ILinkAcceptor?>? acceptors, ILogger logger)
{
    /// <summary>Bytes of a circuit number, 2 or 4.</summary>
    public int CircuitIdSize => numbering.CircuitIdSize;

    /// <summary>Hands out a cell.</summary>
    /// <returns>The circuit that it went to; null if there is none.</returns>
    /// <exception cref="ProtocolException">The cell may not come on an open link.</exception>
    public LinkSlot? OnCell(in Cell cell)
    {
        switch (cell.Command)
        {
            case CellCommand.Relay or CellCommand.RelayEarly or CellCommand.Created2 or CellCommand.CreatedFast or CellCommand.Created:
                return circuits.Find(cell.Circuit) is { } slot ? Deliver(slot, cell) : null;
            case CellCommand.Destroy:
                // Whatever the circuit does about it, the number is free again.
                return circuits.Find(cell.Circuit) is { } ended && circuits.Remove(ended) ? Deliver(ended, cell) : null;
            case CellCommand.Create2 or CellCommand.CreateFast or CellCommand.Create:
                OnCreate(cell);
                return null;
            case CellCommand.Versions or CellCommand.Netinfo or CellCommand.Certs or CellCommand.AuthChallenge or CellCommand.Authenticate:
                throw new ProtocolException($"{cell.Command} came after the link's handshake.");
            case CellCommand.PaddingNegotiate when cell.Circuit == CircuitId.None:
                link.Padding.OnNegotiate(cell.Payload, logger);
                return null;
            default:
                return null;
        }
    }

    /// <summary>Tells a circuit that a read is over.</summary>
    public void OnBatchEnd(LinkSlot slot)
    {
        try
        {
            slot.Circuit.OnBatchEnd();
        }
        catch (Exception e)
        {
            Break(slot, e);
        }
    }

    private LinkSlot Deliver(LinkSlot slot, in Cell cell)
    {
        try
        {
            slot.Circuit.OnCell(cell.Command, cell.Payload);
        }
        catch (Exception e)
        {
            Break(slot, e);
        }

        return slot;
    }

    private void OnCreate(in Cell cell)
    {
        if (cell.Circuit == CircuitId.None || circuits.Find(cell.Circuit) is not null)
        {
            return;
        }

        var acceptor = acceptors?.Invoke();
        if (acceptor is null || cell.Command == CellCommand.Create || !numbering.IsOfPeer(cell.Circuit))
        {
            link.Refuse(cell.Circuit, DestroyReason.Protocol);
        }
        else if (circuits.IsFull || !link.MayCreate())
        {
            link.Refuse(cell.Circuit, DestroyReason.ResourceLimit);
        }
        else
        {
            acceptor.OnCreate(link, cell.Circuit, cell.Command, cell.Payload);
        }
    }

    private void Break(LinkSlot slot, Exception fault)
    {
        var reason = fault is ProtocolException ? DestroyReason.Protocol : DestroyReason.Internal;
        if (reason == DestroyReason.Protocol)
        {
            LinkLog.CircuitBroken(logger, fault, slot.Id, reason);
        }
        else
        {
            LinkLog.CircuitFault(logger, fault, slot.Id);
        }

        link.Destroy(slot.Id, reason);
        circuits.Tell(slot);
    }
}
