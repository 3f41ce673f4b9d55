using OnionHost.Protocol.Cells;

namespace OnionHost.Network.Links;

/// <summary>One end of a circuit on a link: what the link's read loop hands cells to.</summary>
internal interface ILinkCircuit
{
    /// <summary>A cell came. Runs on the link's read loop: it must not block, and may change the payload in place.
    /// After <see cref="CellCommand.Destroy"/> the circuit is detached. A <see cref="Protocol.ProtocolException"/>
    /// destroys this circuit only.</summary>
    void OnCell(CellCommand command, Span<byte> payload);

    /// <summary>All cells of one read were handed out, at least one of them to this circuit: time to flush.</summary>
    void OnBatchEnd();

    /// <summary>The link is gone, or a bound of the link was exceeded: the circuit is detached and nothing more can be sent.</summary>
    void OnLinkClosed();
}
