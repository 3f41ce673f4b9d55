using System.Collections.Immutable;
using OnionHost.Network.Congestion;
using OnionHost.Network.Links;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Circuits;

/// <summary>A relay as a circuit's hop: who it is, the key of its handshake, and where the hop before it finds it.</summary>
internal sealed record HopTarget(
    RelayFingerprint Fingerprint, Ed25519Identity? Identity, Curve25519PublicKey OnionKey, ImmutableArray<LinkSpecifier> Specifiers)
{
    /// <summary>Asks for congestion control, in an ntor-v3 handshake, with what the network says about it; null for plain ntor.</summary>
    public CongestionParameters? Congestion { get; init; }

    /// <summary>The same relay as the first hop: what a link needs to reach and to recognize it.</summary>
    public LinkTarget ToLinkTarget() => new(LinkSpecifiers.EndPoints(Specifiers), Fingerprint, Identity);
}
