using System.Buffers.Binary;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Digests;

namespace OnionHost.Protocol.Cryptography;

/// <summary>
/// SHA3-256 or SHAKE256 over pieces, as the key derivations of onion services and ntor-v3 feed them. Good for one result.
/// </summary>
public sealed class Sha3Hasher : IDisposable
{
    private readonly IncrementalHash? _sha3;
    private readonly System.Security.Cryptography.Shake256? _shake;
    private readonly KeccakDigest? _managed;

    /// <summary>Starts empty.</summary>
    /// <param name="shake">True for SHAKE256 with any number of output bytes, false for SHA3-256 with 32.</param>
    public Sha3Hasher(bool shake = false)
        : this(shake, SHA3_256.IsSupported)
    {
    }

    internal Sha3Hasher(bool shake, bool platform)
    {
        if (!platform)
        {
            _managed = shake ? new ShakeDigest(256) : new Sha3Digest(256);
        }
        else if (shake)
        {
            _shake = new System.Security.Cryptography.Shake256();
        }
        else
        {
            _sha3 = IncrementalHash.CreateHash(HashAlgorithmName.SHA3_256);
        }
    }

    /// <summary>Adds bytes.</summary>
    /// <returns>This, so that the formula reads from left to right.</returns>
    public Sha3Hasher Append(ReadOnlySpan<byte> bytes)
    {
        _sha3?.AppendData(bytes);
        _shake?.AppendData(bytes);
        if (_managed is not null)
        {
            var copy = bytes.ToArray();
            _managed.BlockUpdate(copy, 0, copy.Length);
            CryptographicOperations.ZeroMemory(copy);
        }

        return this;
    }

    /// <summary>Adds 8 bytes, big-endian.</summary>
    /// <returns>This, so that the formula reads from left to right.</returns>
    public Sha3Hasher AppendUInt64(ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return Append(bytes);
    }

    /// <summary>Writes the result: 32 bytes of SHA3-256, or SHAKE256 as long as <paramref name="destination"/>. Disposes this.</summary>
    public void Finish(Span<byte> destination)
    {
        _sha3?.GetHashAndReset(destination);
        _shake?.GetHashAndReset(destination);
        if (_managed is not null)
        {
            var output = new byte[_managed is ShakeDigest ? destination.Length : Sha3.Size];
            Finish(_managed, output);
            output.CopyTo(destination);
            CryptographicOperations.ZeroMemory(output);
        }

        Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _sha3?.Dispose();
        _shake?.Dispose();
        _managed?.Reset();
    }

    internal static void Finish(KeccakDigest digest, byte[] output)
    {
        if (digest is ShakeDigest shake)
        {
            shake.DoFinal(output, 0, output.Length);
        }
        else
        {
            digest.DoFinal(output, 0);
        }
    }
}
