using OnionHost.Network.Circuits;
using OnionHost.Protocol.Identities;

namespace OnionHost.Rendezvous.Dialing;

/// <summary>An introduction point as a descriptor names it.</summary>
/// <param name="Relay">The relay, with the service's link specifiers as they are.</param>
/// <param name="AuthKey">Names the introduction point.</param>
/// <param name="EncryptionKey">What introductions are encrypted to (B).</param>
internal sealed record IntroductionTarget(HopTarget Relay, Ed25519Identity AuthKey, Curve25519PublicKey EncryptionKey);
