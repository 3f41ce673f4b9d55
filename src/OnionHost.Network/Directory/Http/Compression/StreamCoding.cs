using System.IO.Compression;

namespace OnionHost.Network.Directory.Http.Compression;

/// <summary>An encoding that the platform has a stream for.</summary>
internal sealed class StreamCoding(string name, Func<Stream, Stream> compressor, Func<Stream, Stream> decompressor) : ContentCoding
{
    private const int Chunk = 16 * 1024;

    /// <summary>What HTTP calls deflate, which is zlib: every Tor knows it.</summary>
    public static StreamCoding Deflate { get; } = new(
        "deflate",
        target => new ZLibStream(target, CompressionLevel.Optimal, leaveOpen: true),
        source => new ZLibStream(source, CompressionMode.Decompress));

    /// <summary>Gzip.</summary>
    public static StreamCoding Gzip { get; } = new(
        "gzip",
        target => new GZipStream(target, CompressionLevel.Optimal, leaveOpen: true),
        source => new GZipStream(source, CompressionMode.Decompress));

    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override bool IsUniversal => true;

    /// <inheritdoc/>
    public override byte[] Compress(ReadOnlySpan<byte> body)
    {
        using var compressed = new MemoryStream();
        using (var stream = compressor(compressed))
        {
            stream.Write(body);
        }

        return compressed.ToArray();
    }

    /// <inheritdoc/>
    public override byte[] Decompress(ReadOnlySpan<byte> body, int maximum)
    {
        using var source = new MemoryStream(body.ToArray());
        using var stream = decompressor(source);
        using var plain = new MemoryStream();
        var buffer = new byte[Chunk];
        try
        {
            while (stream.Read(buffer) is > 0 and var read)
            {
                if (plain.Length + read > maximum)
                {
                    throw TooLong(maximum);
                }

                plain.Write(buffer, 0, read);
            }
        }
        catch (InvalidDataException fault)
        {
            throw Malformed(fault);
        }

        return plain.ToArray();
    }
}
