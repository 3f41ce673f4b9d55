using OnionHost.Protocol.Identities;

namespace OnionHost.Rendezvous.Cookies;

/// <summary>What a service keeps of a cookie: public keys and dates.</summary>
/// <param name="Name">Its name.</param>
/// <param name="DescriptorKey">The public key that the descriptor is encrypted to.</param>
/// <param name="ProofKey">The public key of the introduction proof; null for a client that was added as C tor does it.</param>
/// <param name="Created">When it was issued.</param>
/// <param name="Expires">When it ends by itself; null if never.</param>
internal sealed record StoredCookie(
    string Name, Curve25519PublicKey DescriptorKey, Ed25519Identity? ProofKey, DateTimeOffset Created, DateTimeOffset? Expires)
{
    /// <summary>True from its expiry on.</summary>
    public bool HasExpired(DateTimeOffset now) => Expires is { } expires && expires <= now;

    /// <summary>The part that is told to whoever asks.</summary>
    public CookieInfo ToInfo() => new(Name, Created, Expires, ProofKey is not null);
}
