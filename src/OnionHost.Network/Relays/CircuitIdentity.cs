using OnionHost.Network.Congestion;
using OnionHost.Protocol.Handshakes;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Relays;

/// <summary>What answering and extending circuits takes of a relay: its keys, and its view of the network.</summary>
/// <param name="Fingerprint">Its RSA identity.</param>
/// <param name="Identity">Its Ed25519 identity.</param>
/// <param name="OnionKeys">Its ntor keys of the moment: they rotate.</param>
internal sealed record CircuitIdentity(RelayFingerprint Fingerprint, Ed25519Identity Identity, Func<NtorOnionKeys> OnionKeys)
{
    /// <summary>What the network says at the moment about congestion control; null refuses it.</summary>
    public Func<CongestionParameters?> Congestion { get; init; } = () => CongestionParameters.Default;
}
