using OnionHost.Dht.Descriptors;
using OnionHost.Protocol.Identities;

namespace OnionHost.Rendezvous.Publishing;

/// <summary>What goes into a service's descriptors.</summary>
/// <param name="Descriptor">The innermost layer.</param>
/// <param name="AuthorizedClients">Who can read it; empty for everybody.</param>
internal sealed record DescriptorContent(OnionDescriptor Descriptor, IReadOnlyList<Curve25519PublicKey> AuthorizedClients);
