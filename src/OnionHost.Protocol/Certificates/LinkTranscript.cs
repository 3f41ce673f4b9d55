namespace OnionHost.Protocol.Certificates;

/// <summary>Digests of the cells that were exchanged before AUTHENTICATE, headers included and NETINFO left out (tor-spec 4.4.2).</summary>
/// <param name="Responder">SHA-256 of what the responder sent: VERSIONS, CERTS, AUTH_CHALLENGE. 32 bytes.</param>
/// <param name="Initiator">SHA-256 of what the initiator sent: VERSIONS, CERTS. 32 bytes.</param>
public sealed record LinkTranscript(ReadOnlyMemory<byte> Responder, ReadOnlyMemory<byte> Initiator);
