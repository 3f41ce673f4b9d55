namespace OnionHost.Network.Directory.Http.Compression;

/// <summary>Zstandard, where libzstd is.</summary>
internal sealed unsafe class ZstdCoding : ContentCoding
{
    private const int Level = 6;
    private const int Chunk = 64 * 1024;

    /// <summary>Windows of 8 MB: what the levels need that directories use.</summary>
    private const int WindowLog = 23;

    /// <inheritdoc/>
    public override string Name => "x-zstd";

    /// <inheritdoc/>
    public override bool IsAvailable => LibZstd.IsAvailable;

    /// <inheritdoc/>
    public override byte[] Compress(ReadOnlySpan<byte> body)
    {
        var target = new byte[checked((int)LibZstd.CompressBound((nuint)body.Length))];
        fixed (byte* from = body, to = target)
        {
            var size = LibZstd.Compress(to, (nuint)target.Length, from, (nuint)body.Length, Level);
            return LibZstd.IsError(size) == 0 ? target[..(int)size] : throw new OutOfMemoryException("libzstd cannot compress.");
        }
    }

    /// <inheritdoc/>
    public override byte[] Decompress(ReadOnlySpan<byte> body, int maximum)
    {
        var decompressor = LibZstd.CreateDecompressor();
        try
        {
            return LibZstd.IsError(LibZstd.SetParameter(decompressor, LibZstd.MaxWindowLog, WindowLog)) == 0
                ? Decompress(decompressor, body, maximum)
                : throw new OutOfMemoryException("libzstd cannot decompress.");
        }
        finally
        {
            _ = LibZstd.FreeDecompressor(decompressor);
        }
    }

    /// <summary>A body is one frame, or several.</summary>
    private static byte[] Decompress(nint decompressor, ReadOnlySpan<byte> body, int maximum)
    {
        using var plain = new MemoryStream();
        var chunk = new byte[Chunk];
        fixed (byte* from = body, to = chunk)
        {
            var source = new ZstdBuffer { Data = from, Size = (nuint)body.Length };
            nuint missing;
            bool isFull;
            do
            {
                var target = new ZstdBuffer { Data = to, Size = Chunk };
                missing = LibZstd.Decompress(decompressor, &target, &source);
                if (LibZstd.IsError(missing) != 0)
                {
                    throw Malformed();
                }

                if (plain.Length + (int)target.Position > maximum)
                {
                    throw TooLong(maximum);
                }

                plain.Write(chunk, 0, (int)target.Position);
                isFull = target.Position == Chunk;
            }
            while (source.Position < source.Size || (missing != 0 && isFull));
            return missing == 0 ? plain.ToArray() : throw Malformed();
        }
    }
}
