using OnionHost.Network.Circuits;
using OnionHost.Protocol.Identities;

namespace OnionHost.Dht.Ring;

/// <summary>A relay that keeps onion descriptors.</summary>
/// <param name="Identity">Its Ed25519 identity, from which its place on the ring follows.</param>
/// <param name="Target">How a circuit ends there.</param>
internal sealed record HsDir(Ed25519Identity Identity, HopTarget Target);
