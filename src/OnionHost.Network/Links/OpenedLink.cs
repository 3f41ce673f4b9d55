using OnionHost.Network.Tls;

namespace OnionHost.Network.Links;

/// <summary>A connection whose handshake is done, before it becomes a <see cref="Link"/>.</summary>
/// <param name="Tls">The connection.</param>
/// <param name="Handshake">What was agreed on.</param>
/// <param name="Buffer">Rented; what came after the handshake's last cell lies at its front.</param>
/// <param name="Filled">How much that is, in bytes.</param>
internal sealed record OpenedLink(TlsConnection Tls, LinkHandshakeResult Handshake, byte[] Buffer, int Filled);
