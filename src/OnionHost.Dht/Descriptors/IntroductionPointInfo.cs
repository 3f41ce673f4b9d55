using System.Collections.Immutable;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;

namespace OnionHost.Dht.Descriptors;

/// <summary>An introduction point as a descriptor names it (rend-spec-v3 2.5.2.2).</summary>
/// <param name="Specifiers">How the relay is reached and named.</param>
/// <param name="OnionKey">The relay's ntor onion key.</param>
/// <param name="AuthKey">Which of the services that the relay introduces is meant.</param>
/// <param name="EncryptionKey">The service's key that INTRODUCE1 is encrypted to.</param>
internal sealed record IntroductionPointInfo(
    ImmutableArray<LinkSpecifier> Specifiers, Curve25519PublicKey OnionKey, Ed25519Identity AuthKey, Curve25519PublicKey EncryptionKey);
