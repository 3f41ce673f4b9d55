using OnionHost.Protocol;

namespace OnionHost.Network.Storage;

/// <summary>
/// C tor's binary key files: 32 bytes of header, <c>== TYPE: TAG ==</c> filled with zeros, then the bytes of the key.
/// </summary>
internal static class TaggedKeyFile
{
    /// <summary>Length of the header in bytes.</summary>
    public const int HeaderSize = 32;

    /// <summary>The whole content of a file.</summary>
    /// <param name="label">Type and tag, such as <c>c25519v1: onion</c>.</param>
    /// <param name="key">What follows the header.</param>
    public static byte[] Format(string label, ReadOnlySpan<byte> key)
    {
        var content = new byte[HeaderSize + key.Length];
        var header = $"== {label} ==";
        if (header.Length > HeaderSize)
        {
            throw new ArgumentException($"'{label}' does not fit into a key file's header.", nameof(label));
        }

        System.Text.Encoding.ASCII.GetBytes(header, content);
        key.CopyTo(content.AsSpan(HeaderSize));
        return content;
    }

    /// <summary>The bytes after the header.</summary>
    /// <exception cref="ProtocolException">Another header, or another length than <paramref name="size"/> (when it is given).</exception>
    public static ReadOnlySpan<byte> Parse(ReadOnlySpan<byte> content, string label, int? size = null)
    {
        if (size is not null && content.Length != HeaderSize + size)
        {
            throw new ProtocolException($"it has {content.Length} bytes instead of {HeaderSize + size}.");
        }

        return content.Length >= HeaderSize && content[..HeaderSize].SequenceEqual(Format(label, []))
            ? content[HeaderSize..]
            : throw new ProtocolException($"it does not begin with '== {label} =='.");
    }
}
