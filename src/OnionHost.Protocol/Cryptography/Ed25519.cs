using System.Security.Cryptography;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Cryptography;

/// <summary>Ed25519 (RFC 8032): checking signatures.</summary>
public static class Ed25519
{
    /// <summary>Bytes of a signature.</summary>
    public const int SignatureSize = 64;

    /// <summary>True if <paramref name="signature"/> (64 bytes) is <paramref name="key"/>'s over <paramref name="message"/>; false for every malformed input.</summary>
    public static bool Verify(in Ed25519Identity key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        Verify(key, message, signature, Backends.Preferred);

    internal static bool Verify(in Ed25519Identity key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature, CryptographyBackend backend)
    {
        if (signature.Length != SignatureSize)
        {
            return false;
        }

        if (backend == CryptographyBackend.OpenSsl)
        {
            using var handle = OpenSslKey.FromPublic(LibCrypto.KeyTypeEd25519, key.Span);
            return handle.Verify(message, signature);
        }

        var bytes = message.ToArray();
        return Org.BouncyCastle.Math.EC.Rfc8032.Ed25519.Verify(signature.ToArray(), 0, key.ToArray(), 0, bytes, 0, bytes.Length);
    }

    /// <summary>True if the key is a point of the prime-order group: canonical, on the curve, without a torsion component.</summary>
    internal static bool IsValidPublicKey(in Ed25519Identity key) =>
        Org.BouncyCastle.Math.EC.Rfc8032.Ed25519.ValidatePublicKeyFull(key.ToArray(), 0);

    /// <summary>Bits 0, 1, 2 and 255 cleared, bit 254 set: what RFC 8032 and RFC 7748 do to a secret scalar.</summary>
    internal static void Clamp(Span<byte> scalar)
    {
        scalar[0] &= 248;
        scalar[31] = (byte)((scalar[31] & 63) | 64);
    }

    /// <summary>The scalar and prefix (64 bytes) that a seed stands for.</summary>
    internal static void ExpandSeed(ReadOnlySpan<byte> seed, Span<byte> expanded)
    {
        SHA512.HashData(seed, expanded);
        Clamp(expanded[..32]);
    }
}
