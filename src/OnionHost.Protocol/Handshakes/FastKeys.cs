using System.Security.Cryptography;

namespace OnionHost.Protocol.Handshakes;

/// <summary>The key derivation of CREATE_FAST: SHA1(X | Y | 0) | SHA1(X | Y | 1) | ... (tor-spec 5.2.1).</summary>
internal static class FastKeys
{
    public const int NonceSize = 20;

    /// <summary>KH and the layer's keys, 92 bytes.</summary>
    public static void Derive(ReadOnlySpan<byte> client, ReadOnlySpan<byte> server, Span<byte> material)
    {
        Span<byte> input = stackalloc byte[(2 * NonceSize) + 1];
        Span<byte> block = stackalloc byte[SHA1.HashSizeInBytes];
        client.CopyTo(input);
        server.CopyTo(input[NonceSize..]);
        while (!material.IsEmpty)
        {
            SHA1.HashData(input, block);
            var count = Math.Min(block.Length, material.Length);
            block[..count].CopyTo(material);
            material = material[count..];
            input[^1]++;
        }

        CryptographicOperations.ZeroMemory(input);
        CryptographicOperations.ZeroMemory(block);
    }
}
