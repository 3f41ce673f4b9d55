using OnionHost.Network.Paths;
using OnionHost.Protocol.Identities;

namespace OnionHost.Dht.Fetching;

/// <summary>What tells fetches apart: users that must not be linked share neither descriptors nor the memory of whom was asked.</summary>
/// <param name="Descriptor">The blinded key.</param>
/// <param name="Authorization">The public half of the client's authorization key; zero without.</param>
/// <param name="Isolation">For whom it is fetched.</param>
internal readonly record struct FetchKey(BlindedKey Descriptor, Curve25519PublicKey Authorization, IsolationKey Isolation);
