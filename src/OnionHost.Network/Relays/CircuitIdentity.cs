using OnionHost.Protocol.Handshakes;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Relays;

/// <summary>What answering and extending circuits takes of a relay's keys.</summary>
/// <param name="Fingerprint">Its RSA identity.</param>
/// <param name="Identity">Its Ed25519 identity.</param>
/// <param name="OnionKeys">Its ntor keys of the moment: they rotate.</param>
internal sealed record CircuitIdentity(RelayFingerprint Fingerprint, Ed25519Identity Identity, Func<NtorOnionKeys> OnionKeys);
