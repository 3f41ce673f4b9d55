using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Digests;

namespace OnionHost.Protocol.Cryptography;

/// <summary>SHA3-256 and SHAKE256 (FIPS 202) in one call, on every operating system.</summary>
public static class Sha3
{
    /// <summary>Bytes of a SHA3-256 digest.</summary>
    public const int Size = 32;

    /// <summary>SHA3-256 of <paramref name="input"/> into the first 32 bytes of <paramref name="destination"/>.</summary>
    public static void Hash256(ReadOnlySpan<byte> input, Span<byte> destination)
    {
        if (SHA3_256.IsSupported)
        {
            SHA3_256.HashData(input, destination);
            return;
        }

        Managed(new Sha3Digest(256), input, destination[..Size]);
    }

    /// <summary>SHAKE256 of <paramref name="input"/>, as many bytes as <paramref name="destination"/> holds.</summary>
    public static void Shake256(ReadOnlySpan<byte> input, Span<byte> destination)
    {
        if (System.Security.Cryptography.Shake256.IsSupported)
        {
            System.Security.Cryptography.Shake256.HashData(input, destination);
            return;
        }

        Managed(new ShakeDigest(256), input, destination);
    }

    private static void Managed(KeccakDigest digest, ReadOnlySpan<byte> input, Span<byte> destination)
    {
        var bytes = input.ToArray();
        var output = new byte[destination.Length];
        digest.BlockUpdate(bytes, 0, bytes.Length);
        Sha3Hasher.Finish(digest, output);
        output.CopyTo(destination);
        CryptographicOperations.ZeroMemory(bytes);
        CryptographicOperations.ZeroMemory(output);
    }
}
