using System.Runtime.InteropServices;

namespace OnionHost.Network.Directory.Http.Compression;

/// <summary>The stable functions of libzstd that whole bodies need.</summary>
internal static unsafe partial class LibZstd
{
    /// <summary>The parameter of a decompressor that bounds its window (a power of two), and so its memory.</summary>
    public const int MaxWindowLog = 100;

    private const string Library = "libzstd.so.1";

    /// <summary>True if libzstd can be called in this process.</summary>
    public static bool IsAvailable { get; } = OperatingSystem.IsLinux()
        && NativeLibrary.TryLoad(Library, out var library)
        && NativeLibrary.TryGetExport(library, "ZSTD_DCtx_setParameter", out _);

    [LibraryImport(Library, EntryPoint = "ZSTD_compressBound")]
    public static partial nuint CompressBound(nuint size);

    [LibraryImport(Library, EntryPoint = "ZSTD_compress")]
    public static partial nuint Compress(byte* target, nuint capacity, byte* source, nuint size, int level);

    [LibraryImport(Library, EntryPoint = "ZSTD_isError")]
    public static partial uint IsError(nuint code);

    [LibraryImport(Library, EntryPoint = "ZSTD_createDCtx")]
    public static partial nint CreateDecompressor();

    [LibraryImport(Library, EntryPoint = "ZSTD_freeDCtx")]
    public static partial nuint FreeDecompressor(nint decompressor);

    [LibraryImport(Library, EntryPoint = "ZSTD_DCtx_setParameter")]
    public static partial nuint SetParameter(nint decompressor, int parameter, int value);

    [LibraryImport(Library, EntryPoint = "ZSTD_decompressStream")]
    public static partial nuint Decompress(nint decompressor, ZstdBuffer* target, ZstdBuffer* source);
}
