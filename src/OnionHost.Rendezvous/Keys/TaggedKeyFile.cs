using OnionHost.Protocol;

namespace OnionHost.Rendezvous.Keys;

/// <summary>C tor's key files: a tag that says what follows, padded with zeros to 32 bytes, then the key.</summary>
internal static class TaggedKeyFile
{
    /// <summary>The tag of an expanded secret key.</summary>
    public const string SecretTag = "== ed25519v1-secret: type0 ==";

    /// <summary>The tag of a public key.</summary>
    public const string PublicTag = "== ed25519v1-public: type0 ==";

    /// <summary>Bytes of an expanded secret key.</summary>
    public const int SecretSize = 64;

    private const int HeaderSize = 32;

    /// <summary>Writes a key file as a whole or not at all.</summary>
    public static void Write(string path, string tag, ReadOnlySpan<byte> key)
    {
        var content = new byte[HeaderSize + key.Length];
        System.Text.Encoding.ASCII.GetBytes(tag, content);
        key.CopyTo(content.AsSpan(HeaderSize));
        PrivateFiles.Write(path, content);
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(content);
    }

    /// <summary>Reads the key after the tag.</summary>
    /// <exception cref="TorException">The file has another length or tag.</exception>
    public static byte[] Read(string path, string tag, int size)
    {
        var content = PrivateFiles.Read(path, HeaderSize + size);
        try
        {
            return Parse(content, tag, size);
        }
        catch (ProtocolException fault)
        {
            throw new TorException(TorErrorKind.Local, $"{path} is no key file of an onion service: {fault.Message} Restore it from a backup.", innerException: fault) { Cause = TorCause.KeyUnusable };
        }
        finally
        {
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(content);
        }
    }

    /// <summary>Reads the key after the tag.</summary>
    /// <exception cref="ProtocolException">The content has another length or tag.</exception>
    public static byte[] Parse(ReadOnlySpan<byte> content, string tag, int size)
    {
        if (content.Length != HeaderSize + size)
        {
            throw new ProtocolException($"it has {content.Length} bytes instead of {HeaderSize + size}.");
        }

        Span<byte> header = stackalloc byte[HeaderSize];
        header.Clear();
        System.Text.Encoding.ASCII.GetBytes(tag, header);
        return content[..HeaderSize].SequenceEqual(header)
            ? content[HeaderSize..].ToArray()
            : throw new ProtocolException($"it does not begin with '{tag}'.");
    }
}
