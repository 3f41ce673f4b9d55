using System.Security.Cryptography;
using OnionHost.Protocol;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Identities;

namespace OnionHost.Dht.Descriptors;

/// <summary>
/// The <c>auth-client</c> lines of a descriptor's middle layer (rend-spec-v3 2.5.1.2): the descriptor cookie (16 bytes), encrypted to each
/// authorized client's x25519 key. Public descriptors carry the same number of random lines.
/// </summary>
internal static class ClientAuthorization
{
    /// <summary>Bytes of the descriptor cookie.</summary>
    public const int CookieSize = 16;

    private const int IdSize = 8;
    private const int IvSize = 16;
    private const int KeySize = 32;

    /// <summary>Writes the lines, a multiple of 16 in random order.</summary>
    /// <param name="writer">Takes the lines.</param>
    /// <param name="clients">Who may read; empty for everybody.</param>
    /// <param name="ephemeral">The key pair whose public half stands in the descriptor.</param>
    /// <param name="subcredential">32 bytes.</param>
    /// <param name="cookie">16 bytes.</param>
    /// <param name="random">For IVs and for the lines that are made up.</param>
    public static void Write(
        DocumentWriter writer,
        IReadOnlyList<Curve25519PublicKey> clients,
        X25519KeyPair ephemeral,
        ReadOnlySpan<byte> subcredential,
        ReadOnlySpan<byte> cookie,
        IRandomSource random)
    {
        var lines = new List<byte[]>();
        foreach (var client in clients)
        {
            if (Line(client, ephemeral, subcredential, cookie, random) is { } line)
            {
                lines.Add(line);
            }
        }

        while (lines.Count == 0 || lines.Count % DescriptorLimits.ClientUnit != 0)
        {
            lines.Add(random.Bytes(IdSize + IvSize + CookieSize));
        }

        random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(lines));
        foreach (var line in lines)
        {
            writer.Line("auth-client", Base64(line.AsSpan(0, IdSize)), Base64(line.AsSpan(IdSize, IvSize)), Base64(line.AsSpan(IdSize + IvSize)));
        }
    }

    /// <summary>The descriptor cookie, if one of the lines is for this client; otherwise null.</summary>
    /// <exception cref="ProtocolException">A line is malformed, or the descriptor's key is of small order.</exception>
    public static byte[]? Find(
        IReadOnlyList<DocumentItem> lines, X25519KeyPair client, in Curve25519PublicKey ephemeral, ReadOnlySpan<byte> subcredential)
    {
        Span<byte> keys = stackalloc byte[IdSize + KeySize];
        Span<byte> id = stackalloc byte[IdSize];
        Span<byte> iv = stackalloc byte[IvSize];
        Derive(client, ephemeral, subcredential, keys);
        try
        {
            foreach (var line in lines)
            {
                var cookie = new byte[CookieSize];
                Decode(line, 0, id);
                Decode(line, 1, iv);
                Decode(line, 2, cookie);
                if (CryptographicOperations.FixedTimeEquals(id, keys[..IdSize]))
                {
                    using var cipher = new AesCtr(keys[IdSize..], iv);
                    cipher.Process(cookie);
                    return cookie;
                }
            }

            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(keys);
        }
    }

    private static byte[]? Line(
        in Curve25519PublicKey client, X25519KeyPair ephemeral, ReadOnlySpan<byte> subcredential, ReadOnlySpan<byte> cookie, IRandomSource random)
    {
        Span<byte> keys = stackalloc byte[IdSize + KeySize];
        try
        {
            Derive(ephemeral, client, subcredential, keys);
        }
        catch (ProtocolException)
        {
            // A key of small order belongs to nobody; it must not keep the others from being served.
            return null;
        }

        var line = new byte[IdSize + IvSize + CookieSize];
        keys[..IdSize].CopyTo(line);
        random.Fill(line.AsSpan(IdSize, IvSize));
        cookie.CopyTo(line.AsSpan(IdSize + IvSize));
        using var cipher = new AesCtr(keys[IdSize..], line.AsSpan(IdSize, IvSize));
        cipher.Process(line.AsSpan(IdSize + IvSize));
        CryptographicOperations.ZeroMemory(keys);
        return line;
    }

    private static void Derive(X25519KeyPair own, in Curve25519PublicKey other, ReadOnlySpan<byte> subcredential, Span<byte> keys)
    {
        Span<byte> shared = stackalloc byte[X25519KeyPair.Size];
        own.Agree(other, shared);
        new Sha3Hasher(shake: true).Append(subcredential).Append(shared).Finish(keys);
        CryptographicOperations.ZeroMemory(shared);
    }

    private static string Base64(ReadOnlySpan<byte> bytes) => Protocol.Encoding.Text.EncodeBase64(bytes);

    private static void Decode(DocumentItem line, int argument, Span<byte> bytes)
    {
        if (!Protocol.Encoding.Text.TryDecodeBase64(line.Argument(argument), bytes))
        {
            throw line.Fault("has an argument that is not base64 of the right length");
        }
    }
}
