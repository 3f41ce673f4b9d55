using System.Security.Cryptography;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Cryptography;

/// <summary>
/// The Ed25519 form of Curve25519 keys, with which ntor onion keys and introduction encryption keys are certified
/// (tor-spec 5.1.4, dir-spec ntor-onion-key-crosscert; rend-spec-v3 enc-key-cert).
/// </summary>
public static class Ed25519Conversion
{
    /// <summary>The Edwards point of a Curve25519 key, whose x has the sign <paramref name="signBit"/> (0 or 1).</summary>
    /// <exception cref="ProtocolException">The key is the one value that has no Edwards form.</exception>
    public static Ed25519Identity FromCurve25519(in Curve25519PublicKey key, int signBit)
    {
        Span<byte> encoded = stackalloc byte[32];
        if (!EdwardsPoint.TryFromMontgomery(key.Span, signBit & 1, encoded))
        {
            throw new ProtocolException("The Curve25519 key has no Ed25519 form.");
        }

        return new Ed25519Identity(encoded);
    }

    /// <summary>A key that signs as <see cref="FromCurve25519"/> of the pair's public key with <paramref name="signBit"/>.</summary>
    public static Ed25519ExpandedKey FromCurve25519Secret(X25519KeyPair pair, out int signBit)
    {
        ArgumentNullException.ThrowIfNull(pair);
        Span<byte> secret = stackalloc byte[Ed25519ExpandedKey.Size];
        Span<byte> hash = stackalloc byte[64];
        pair.CopySecretTo(secret);
        Ed25519.Clamp(secret[..32]);
        using (var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA512))
        {
            sha.AppendData(secret[..32]);
            sha.AppendData("Derive high part of ed25519 key from curve25519 key\0"u8);
            sha.GetHashAndReset(hash);
        }

        hash[..32].CopyTo(secret[32..]);
        var key = Ed25519ExpandedKey.FromBytes(secret);
        CryptographicOperations.ZeroMemory(secret);
        CryptographicOperations.ZeroMemory(hash);
        signBit = key.Public.Span[31] >> 7;
        return key;
    }
}
