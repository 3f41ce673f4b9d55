using System.Collections.Immutable;
using System.Net;
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

    /// <summary>A relay by its addresses; the specifiers are in the order that stock sends them (IPv4, fingerprint, Ed25519, IPv6).</summary>
    /// <param name="fingerprint">Who it is.</param>
    /// <param name="identity">Who it is, too; null if that is not known.</param>
    /// <param name="onionKey">The key of its handshake.</param>
    /// <param name="addresses">Where it accepts links, IPv4 first; at least one.</param>
    public static HopTarget At(RelayFingerprint fingerprint, Ed25519Identity? identity, Curve25519PublicKey onionKey, IReadOnlyList<IPEndPoint> addresses)
    {
        var specifiers = ImmutableArray.CreateBuilder<LinkSpecifier>();
        specifiers.Add(LinkSpecifier.FromEndPoint(addresses[0]));
        specifiers.Add(LinkSpecifier.FromFingerprint(fingerprint));
        if (identity is { } known)
        {
            specifiers.Add(LinkSpecifier.FromEd25519(known));
        }

        specifiers.AddRange(addresses.Skip(1).Select(LinkSpecifier.FromEndPoint));
        return new HopTarget(fingerprint, identity, onionKey, specifiers.DrainToImmutable());
    }

    /// <summary>The same relay as the first hop: what a link needs to reach and to recognize it.</summary>
    public LinkTarget ToLinkTarget() => new(LinkSpecifiers.EndPoints(Specifiers), Fingerprint, Identity);
}
