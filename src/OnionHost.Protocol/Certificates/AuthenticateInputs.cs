using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Certificates;

/// <summary>What both sides of a link must agree on for AUTHENTICATE (tor-spec 4.4.2).</summary>
/// <param name="InitiatorRsaKey">The initiator's RSA identity key.</param>
/// <param name="ResponderRsaKey">The responder's RSA identity key.</param>
/// <param name="InitiatorIdentity">The initiator's Ed25519 identity.</param>
/// <param name="ResponderIdentity">The responder's Ed25519 identity.</param>
/// <param name="Transcript">SHA-256 of the cells of both sides.</param>
/// <param name="LeafDigest">SHA-256 of the TLS leaf's DER encoding, 32 bytes.</param>
/// <param name="TlsSecrets">What TLS exports under <see cref="AuthenticateBody.ExporterLabel"/>, 32 bytes.</param>
public sealed record AuthenticateInputs(
    RsaPublicKey InitiatorRsaKey,
    RsaPublicKey ResponderRsaKey,
    Ed25519Identity InitiatorIdentity,
    Ed25519Identity ResponderIdentity,
    LinkTranscript Transcript,
    ReadOnlyMemory<byte> LeafDigest,
    ReadOnlyMemory<byte> TlsSecrets);
