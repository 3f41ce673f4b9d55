using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Relays.Keys;

/// <summary>
/// Who a relay is, for good: its RSA identity (1024 bits) and its Ed25519 master identity. The master's secret may be kept
/// elsewhere: then it cannot be stolen from here, and somebody has to bring a new signing key every month.
/// </summary>
/// <param name="Rsa">The RSA identity.</param>
/// <param name="Public">The Ed25519 identity.</param>
/// <param name="Master">Its secret; null if it is kept elsewhere.</param>
internal sealed record RelayIdentity(RsaKeyPair Rsa, Ed25519Identity Public, Ed25519ExpandedKey? Master) : IDisposable
{
    /// <summary>Bits of a relay's RSA keys: fixed by the protocol (tor-spec 0.3).</summary>
    public const int RsaBits = 1024;

    /// <summary>Makes a new identity.</summary>
    public static RelayIdentity Generate(IRandomSource random)
    {
        using var pair = Ed25519KeyPair.Generate(random);
        var master = pair.Expand();
        return new RelayIdentity(RsaKeyPair.Generate(RsaBits), master.Public, master);
    }

    /// <summary>Zeroises the secrets.</summary>
    public void Dispose()
    {
        Rsa.Dispose();
        Master?.Dispose();
    }

    /// <summary>The public part only.</summary>
    public override string ToString() => $"{Rsa.Public.Fingerprint} {Public}";
}
