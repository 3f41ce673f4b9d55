using OnionHost.Protocol.Cryptography;

namespace OnionHost.Network.Relays.Keys;

/// <summary>Who a relay is, for good: its RSA identity (1024 bits) and its Ed25519 master identity.</summary>
internal sealed record RelayIdentity(RsaKeyPair Rsa, Ed25519ExpandedKey Master) : IDisposable
{
    /// <summary>Bits of a relay's RSA keys: fixed by the protocol (tor-spec 0.3).</summary>
    public const int RsaBits = 1024;

    /// <summary>Makes a new identity.</summary>
    public static RelayIdentity Generate(IRandomSource random)
    {
        using var master = Ed25519KeyPair.Generate(random);
        return new RelayIdentity(RsaKeyPair.Generate(RsaBits), master.Expand());
    }

    /// <summary>Zeroises the secrets.</summary>
    public void Dispose()
    {
        Rsa.Dispose();
        Master.Dispose();
    }

    /// <summary>The public part only.</summary>
    public override string ToString() => $"{Rsa.Public.Fingerprint} {Master.Public}";
}
