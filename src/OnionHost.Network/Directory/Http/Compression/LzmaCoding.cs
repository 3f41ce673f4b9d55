using System.Numerics;

namespace OnionHost.Network.Directory.Http.Compression;

/// <summary>LZMA in its older file format, where liblzma is. It compresses best, and slowly.</summary>
internal sealed unsafe class LzmaCoding : ContentCoding
{
    private const uint Preset = 6;

    /// <summary>Stock knows LZMA by the two zero bytes that smaller dictionaries, in bytes, do not begin with.</summary>
    private const uint SmallestDictionary = 64 * 1024;

    private const uint LargestDictionary = 8 << 20;
    private const int Chunk = 64 * 1024;

    /// <summary>What stock takes, too: a dictionary of 8 MB and some.</summary>
    private const ulong DecoderMemory = 16 << 20;

    /// <inheritdoc/>
    public override string Name => "x-tor-lzma";

    /// <inheritdoc/>
    public override bool IsAvailable => LibLzma.IsAvailable;

    /// <inheritdoc/>
    public override bool IsForKeeping => true;

    /// <inheritdoc/>
    public override byte[] Compress(ReadOnlySpan<byte> body)
    {
        var options = stackalloc byte[LibLzma.OptionsSize];
        new Span<byte>(options, LibLzma.OptionsSize).Clear();
        if (LibLzma.Preset(options, Preset) != 0)
        {
            throw Unable();
        }

        // A dictionary as long as the body finds all there is; a longer one only takes memory.
        *(uint*)options = Math.Clamp(BitOperations.RoundUpToPowerOf2((uint)body.Length), SmallestDictionary, LargestDictionary);
        LzmaStream coder = default;
        try
        {
            return LibLzma.Encoder(&coder, options) == LibLzma.Ok && Code(&coder, body, int.MaxValue) is { } compressed ? compressed : throw Unable();
        }
        finally
        {
            LibLzma.End(&coder);
        }
    }

    /// <inheritdoc/>
    public override byte[] Decompress(ReadOnlySpan<byte> body, int maximum)
    {
        LzmaStream coder = default;
        try
        {
            return LibLzma.Decoder(&coder, DecoderMemory) == LibLzma.Ok
                ? Code(&coder, body, maximum) is { } plain && coder.AvailableIn == 0 ? plain : throw Malformed()
                : throw Unable();
        }
        finally
        {
            LibLzma.End(&coder);
        }
    }

    /// <summary>All that comes out; null if the coder fails, or wants more than there is.</summary>
    private static byte[]? Code(LzmaStream* coder, ReadOnlySpan<byte> body, int maximum)
    {
        using var result = new MemoryStream();
        var chunk = new byte[Chunk];
        fixed (byte* from = body, to = chunk)
        {
            coder->NextIn = from;
            coder->AvailableIn = (nuint)body.Length;
            int state;
            do
            {
                coder->NextOut = to;
                coder->AvailableOut = Chunk;
                state = LibLzma.Code(coder, LibLzma.Finish);
                var made = Chunk - (int)coder->AvailableOut;
                if (result.Length + made > maximum)
                {
                    throw TooLong(maximum);
                }

                result.Write(chunk, 0, made);
            }
            while (state == LibLzma.Ok);
            return state == LibLzma.StreamEnd ? result.ToArray() : null;
        }
    }

    private static OutOfMemoryException Unable() => new("liblzma has not enough memory.");
}
