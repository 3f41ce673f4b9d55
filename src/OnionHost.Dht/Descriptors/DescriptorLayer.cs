using System.Security.Cryptography;
using OnionHost.Protocol;
using OnionHost.Protocol.Cryptography;

namespace OnionHost.Dht.Descriptors;

/// <summary>
/// One encrypted layer of a descriptor: SALT 16, ciphertext, MAC 32 (rend-spec-v3 2.5.3). AES-256-CTR and a keyed SHA3-256 under keys
/// that are derived from what only the address (and the authorization) gives.
/// </summary>
internal static class DescriptorLayer
{
    /// <summary>Bytes that a layer adds to its content.</summary>
    public const int Overhead = SaltSize + MacSize;

    private const int SaltSize = 16;
    private const int MacSize = 32;
    private const int KeySize = 32;
    private const int IvSize = 16;

    /// <summary>The constant of the layer that hides everything from directories.</summary>
    public static ReadOnlySpan<byte> Outer => "hsdir-superencrypted-data"u8;

    /// <summary>The constant of the layer that hides the introduction points from clients without authorization.</summary>
    public static ReadOnlySpan<byte> Inner => "hsdir-encrypted-data"u8;

    /// <summary>Encrypts.</summary>
    /// <param name="plain">The content.</param>
    /// <param name="secret">What the keys are derived from.</param>
    /// <param name="constant"><see cref="Outer"/> or <see cref="Inner"/>.</param>
    /// <param name="random">For the salt.</param>
    public static byte[] Seal(ReadOnlySpan<byte> plain, LayerSecret secret, ReadOnlySpan<byte> constant, IRandomSource random)
    {
        var blob = new byte[plain.Length + Overhead];
        var salt = blob.AsSpan(0, SaltSize);
        random.Fill(salt);
        plain.CopyTo(blob.AsSpan(SaltSize));
        Apply(blob, secret, constant, blob.AsSpan(SaltSize, plain.Length), blob.AsSpan(SaltSize + plain.Length), encrypt: true);
        return blob;
    }

    /// <summary>Decrypts; null if the MAC is wrong: another key, or a changed text.</summary>
    /// <exception cref="ProtocolException">The blob is shorter than a layer can be.</exception>
    public static byte[]? Open(ReadOnlySpan<byte> blob, LayerSecret secret, ReadOnlySpan<byte> constant)
    {
        if (blob.Length < Overhead)
        {
            throw new ProtocolException($"An encrypted layer of an onion descriptor has at least {Overhead} bytes, got {blob.Length}.");
        }

        var plain = blob[SaltSize..^MacSize].ToArray();
        Span<byte> mac = stackalloc byte[MacSize];
        Apply(blob, secret, constant, plain, mac, encrypt: false);
        return CryptographicOperations.FixedTimeEquals(mac, blob[^MacSize..]) ? plain : null;
    }

    private static void Apply(
        ReadOnlySpan<byte> blob, LayerSecret secret, ReadOnlySpan<byte> constant, Span<byte> content, Span<byte> mac, bool encrypt)
    {
        Span<byte> keys = stackalloc byte[KeySize + IvSize + KeySize];
        var salt = blob[..SaltSize];
        using (var hasher = new Sha3Hasher(shake: true))
        {
            hasher.Append(secret.Key)
                .Append(secret.Cookie)
                .Append(secret.Subcredential)
                .AppendUInt64(secret.Revision)
                .Append(salt)
                .Append(constant)
                .Finish(keys);
        }

        using var cipher = new AesCtr(keys[..KeySize], keys.Slice(KeySize, IvSize));
        if (encrypt)
        {
            cipher.Process(content);
        }

        // Both the MAC key and the salt are preceded by their lengths.
        using (var hasher = new Sha3Hasher())
        {
            hasher.AppendUInt64(KeySize).Append(keys[^KeySize..]).AppendUInt64(SaltSize).Append(salt).Append(content).Finish(mac[..MacSize]);
        }

        if (!encrypt)
        {
            cipher.Process(content);
        }

        CryptographicOperations.ZeroMemory(keys);
    }
}
