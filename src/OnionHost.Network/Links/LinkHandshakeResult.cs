namespace OnionHost.Network.Links;

/// <summary>What a link's handshake agreed on.</summary>
/// <param name="Peer">Who is at the other end.</param>
/// <param name="IsInitiator">True if we opened the TLS connection.</param>
/// <param name="Numbering">Which circuit numbers each side picks.</param>
internal sealed record LinkHandshakeResult(LinkPeer Peer, bool IsInitiator, LinkNumbering Numbering)
{
    /// <summary>Bytes of a circuit number, 2 or 4.</summary>
    public int CircuitIdSize => Numbering.CircuitIdSize;
}
