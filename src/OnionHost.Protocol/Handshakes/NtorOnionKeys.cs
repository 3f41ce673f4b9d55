using OnionHost.Protocol.Cryptography;

namespace OnionHost.Protocol.Handshakes;

/// <summary>A relay's onion keys: the one it publishes, and the one before it while clients may still hold it (7 days).</summary>
/// <param name="Current">The published key.</param>
/// <param name="Previous">The key before it, or null.</param>
public sealed record NtorOnionKeys(X25519KeyPair Current, X25519KeyPair? Previous)
{
    /// <summary>Public keys only.</summary>
    public override string ToString() => $"NtorOnionKeys {Current.Public}";
}
