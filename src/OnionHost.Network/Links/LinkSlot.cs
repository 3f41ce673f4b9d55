using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Links;

/// <summary>A circuit's place on a link.</summary>
internal sealed class LinkSlot(CircuitId id, ILinkCircuit circuit, CellQueue queue)
{
    public CircuitId Id { get; } = id;

    public ILinkCircuit Circuit { get; } = circuit;

    public CellQueue Queue { get; } = queue;

    /// <summary>True if a cell of the present read went to it. Belongs to the read loop.</summary>
    public bool IsTouched { get; set; }
}
