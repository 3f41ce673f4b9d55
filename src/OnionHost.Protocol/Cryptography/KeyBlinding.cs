using System.Security.Cryptography;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Cryptography;

/// <summary>Blinds an onion service's identity for one time period (rend-spec-v3 A.2). About 0.5 ms a call.</summary>
public static class KeyBlinding
{
    /// <summary>A' = h A: the key under which descriptors of the period are stored.</summary>
    /// <exception cref="ProtocolException">The identity is not a point of the prime-order group.</exception>
    public static BlindedKey BlindPublic(in Ed25519Identity identity, TimePeriod period)
    {
        Span<byte> factor = stackalloc byte[32];
        Factor(identity, period, factor);
        return BlindPublic(identity, factor);
    }

    /// <summary>a' = h a: signs as <see cref="BlindPublic(in Ed25519Identity, TimePeriod)"/> of the same identity and period.</summary>
    public static Ed25519ExpandedKey BlindSecret(Ed25519ExpandedKey identity, TimePeriod period)
    {
        ArgumentNullException.ThrowIfNull(identity);
        Span<byte> factor = stackalloc byte[32];
        Factor(identity.Public, period, factor);
        return BlindSecret(identity, factor);
    }

    internal static BlindedKey BlindPublic(in Ed25519Identity identity, ReadOnlySpan<byte> factor)
    {
        if (!Ed25519.IsValidPublicKey(identity) || !EdwardsPoint.TryDecode(identity.Span, out var point))
        {
            throw new ProtocolException("The identity key is not a valid Ed25519 public key.");
        }

        Span<byte> scalar = stackalloc byte[32];
        factor.CopyTo(scalar);
        Ed25519.Clamp(scalar);
        Span<byte> encoded = stackalloc byte[32];
        point.Multiply(scalar).Encode(encoded);
        return new BlindedKey(encoded);
    }

    internal static Ed25519ExpandedKey BlindSecret(Ed25519ExpandedKey identity, ReadOnlySpan<byte> factor)
    {
        Span<byte> clamped = stackalloc byte[32];
        factor.CopyTo(clamped);
        Ed25519.Clamp(clamped);
        Span<byte> secret = stackalloc byte[Ed25519ExpandedKey.Size];
        Span<byte> zero = stackalloc byte[32];
        Span<byte> hash = stackalloc byte[64];
        zero.Clear();
        identity.CopyTo(secret);
        EdwardsScalar.MultiplyAdd(clamped, secret[..32], zero, secret[..32]);
        using (var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA512))
        {
            sha.AppendData("Derive temporary signing key hash input"u8);
            sha.AppendData(secret[32..]);
            sha.GetHashAndReset(hash);
        }

        hash[..32].CopyTo(secret[32..]);
        var blinded = Ed25519ExpandedKey.FromBytes(secret);
        CryptographicOperations.ZeroMemory(secret);
        CryptographicOperations.ZeroMemory(hash);
        return blinded;
    }

    /// <summary>h before clamping.</summary>
    internal static void Factor(in Ed25519Identity identity, TimePeriod period, Span<byte> factor)
    {
        // The first string counts its terminating NUL; the optional secret between key and base point is empty.
        using var hasher = new Sha3Hasher();
        hasher.Append("Derive temporary signing key\0"u8)
            .Append(identity.Span)
            .Append("(15112221349535400772501151409588531511454012693041857206046113283949847762202, "u8)
            .Append("46316835694926478169428394003475163141307993866256225615783033603165251855960)"u8)
            .Append("key-blind"u8)
            .AppendUInt64(period.Number)
            .AppendUInt64(period.LengthMinutes)
            .Finish(factor);
    }
}
