using System.Net;
using OnionHost.Network.Tls;
using OnionHost.Protocol.Certificates;

namespace OnionHost.Network.Links;

/// <summary>What a link's handshake works with.</summary>
/// <param name="Node">Time, randomness, logs.</param>
/// <param name="Tls">The TLS connection that it runs on.</param>
/// <param name="CanExport">True if the connection can export keying material, so that relays can prove who they are.</param>
/// <param name="Credentials">Ours; null for a client.</param>
/// <param name="OwnAddresses">What a relay says its addresses are.</param>
internal sealed record LinkHandshakeContext(
    NodeContext Node, TlsConnection Tls, bool CanExport, LinkCredentials? Credentials, IReadOnlyList<IPAddress> OwnAddresses);
