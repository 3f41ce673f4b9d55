using System.Collections.Immutable;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;

namespace OnionHost.Rendezvous.Introductions;

/// <summary>The relay that a client chose to meet at.</summary>
/// <param name="OnionKey">Its ntor onion key.</param>
/// <param name="Specifiers">Which relay it is, and where; passed on as they are.</param>
internal sealed record RendezvousTarget(Curve25519PublicKey OnionKey, ImmutableArray<LinkSpecifier> Specifiers);
