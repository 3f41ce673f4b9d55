using System.IO.Compression;
using OnionHost.Protocol;

namespace OnionHost.Network.Directory.Http;

/// <summary>The content encodings that every Tor understands: identity, deflate (which is zlib) and gzip.</summary>
internal static class HttpCompression
{
    /// <summary>Deflate: what both sides prefer.</summary>
    public const string Deflate = "deflate";

    /// <summary>Gzip.</summary>
    public const string Gzip = "gzip";

    /// <summary>What clients here accept.</summary>
    public const string Accepted = "deflate, gzip, identity";

    /// <summary>The encoding to answer with; null for identity.</summary>
    public static string? Choose(string? acceptEncoding, bool isDeflateAcceptable)
    {
        var accepted = acceptEncoding?.Split([',', ' ', '\t'], StringSplitOptions.RemoveEmptyEntries) ?? [];
        if (isDeflateAcceptable || accepted.Contains(Deflate, StringComparer.OrdinalIgnoreCase))
        {
            return Deflate;
        }

        return accepted.Contains(Gzip, StringComparer.OrdinalIgnoreCase) ? Gzip : null;
    }

    /// <summary>Compresses a body.</summary>
    public static byte[] Compress(ReadOnlySpan<byte> body, string encoding)
    {
        using var compressed = new MemoryStream();
        using (Stream compressor = encoding == Gzip
            ? new GZipStream(compressed, CompressionLevel.Optimal, leaveOpen: true)
            : new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            compressor.Write(body);
        }

        return compressed.ToArray();
    }

    /// <summary>Decompresses a body of at most <paramref name="maximum"/> bytes.</summary>
    /// <exception cref="ProtocolException">The encoding is unknown, or the body malformed or too long.</exception>
    public static byte[] Decompress(byte[] body, string? encoding, int maximum)
    {
        if (encoding is null || encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            return body;
        }

        using var source = new MemoryStream(body);
        using Stream decompressor = encoding.ToLowerInvariant() switch
        {
            Deflate => new ZLibStream(source, CompressionMode.Decompress),
            Gzip or "x-gzip" => new GZipStream(source, CompressionMode.Decompress),
            _ => throw new ProtocolException("A directory answered in an encoding that was not asked for."),
        };
        try
        {
            return ReadBounded(decompressor, maximum);
        }
        catch (InvalidDataException fault)
        {
            throw new ProtocolException("A directory's answer cannot be decompressed.", fault);
        }
    }

    private static byte[] ReadBounded(Stream source, int maximum)
    {
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = source.Read(buffer)) > 0)
        {
            if (body.Length + read > maximum)
            {
                throw new ProtocolException($"A directory's answer is longer than {maximum} bytes.");
            }

            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }
}
