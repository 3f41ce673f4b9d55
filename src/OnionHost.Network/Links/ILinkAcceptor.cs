using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Links;

/// <summary>Takes the circuits that peers open on our links. A node without one answers DESTROY.</summary>
internal interface ILinkAcceptor
{
    /// <summary>A CREATE2 or CREATE_FAST came with a number that is free and of the peer's half. Runs on the link's read
    /// loop: it must not block; the payload is only valid during the call. Attach with <see cref="Link.TryAttach"/>.</summary>
    void OnCreate(Link link, CircuitId id, CellCommand command, ReadOnlySpan<byte> payload);
}
