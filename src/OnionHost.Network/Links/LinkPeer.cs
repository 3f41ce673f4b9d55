using System.Net;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Links;

/// <summary>Who is at the other end of a link.</summary>
/// <param name="Fingerprint">Its RSA identity; null for a client.</param>
/// <param name="Identity">Its Ed25519 identity; null for a client.</param>
/// <param name="Remote">Its address on the TCP connection.</param>
/// <param name="IsAuthenticated">True if it proved its identity: always on links that we opened, and for relays that linked to us.</param>
internal sealed record LinkPeer(RelayFingerprint? Fingerprint, Ed25519Identity? Identity, IPEndPoint Remote, bool IsAuthenticated)
{
    /// <summary>The link protocol that both agreed on: 3, 4 or 5.</summary>
    public int Protocol { get; init; } = 5;

    /// <summary>True if the peer advertises the address that the connection comes from or goes to (tor-spec 4.5).</summary>
    public bool IsCanonical { get; init; }

    /// <summary>Our address as the peer sees it; null if it did not say.</summary>
    public IPAddress? OurAddress { get; init; }

    /// <summary>How far the peer's clock is ahead of ours, from NETINFO; null if it did not tell its time.</summary>
    public TimeSpan? ClockSkew { get; init; }
}
