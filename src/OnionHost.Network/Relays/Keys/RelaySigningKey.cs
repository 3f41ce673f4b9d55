using OnionHost.Protocol.Certificates;
using OnionHost.Protocol.Cryptography;

namespace OnionHost.Network.Relays.Keys;

/// <summary>The Ed25519 key that signs in the master identity's name for some weeks, and the certificate that says so (tor-spec 1.1).</summary>
internal sealed record RelaySigningKey(Ed25519ExpandedKey Key, Ed25519Certificate Certificate) : IDisposable
{
    /// <summary>Makes a new key and certifies it.</summary>
    public static RelaySigningKey Generate(IRandomSource random, IEd25519Signer master, DateTimeOffset expiration)
    {
        using var pair = Ed25519KeyPair.Generate(random);
        var key = pair.Expand();
        return new RelaySigningKey(key, Ed25519Certificate.Create(Ed25519CertificateType.SigningKey, key.Public, expiration, master));
    }

    /// <summary>Zeroises the secret.</summary>
    public void Dispose() => Key.Dispose();

    /// <summary>The public part only.</summary>
    public override string ToString() => $"{Key.Public} until {Certificate.Expiration:u}";
}
