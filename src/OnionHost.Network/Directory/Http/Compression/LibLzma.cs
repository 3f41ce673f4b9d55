using System.Runtime.InteropServices;

namespace OnionHost.Network.Directory.Http.Compression;

/// <summary>The stable functions of liblzma that the older file format (.lzma) needs.</summary>
internal static unsafe partial class LibLzma
{
    public const int Ok = 0;
    public const int StreamEnd = 1;
    public const int Finish = 3;

    /// <summary>Room for the options of a coder, of which only the first, the size of the dictionary, is known here; bytes.</summary>
    public const int OptionsSize = 512;

    private const string Library = "liblzma.so.5";

    /// <summary>True if liblzma can be called in this process.</summary>
    public static bool IsAvailable { get; } = OperatingSystem.IsLinux() && Environment.Is64BitProcess
        && NativeLibrary.TryLoad(Library, out var library)
        && NativeLibrary.TryGetExport(library, "lzma_alone_encoder", out _);

    [LibraryImport(Library, EntryPoint = "lzma_lzma_preset")]
    public static partial byte Preset(byte* options, uint preset);

    [LibraryImport(Library, EntryPoint = "lzma_alone_encoder")]
    public static partial int Encoder(LzmaStream* stream, byte* options);

    [LibraryImport(Library, EntryPoint = "lzma_alone_decoder")]
    public static partial int Decoder(LzmaStream* stream, ulong memoryLimit);

    [LibraryImport(Library, EntryPoint = "lzma_code")]
    public static partial int Code(LzmaStream* stream, int action);

    [LibraryImport(Library, EntryPoint = "lzma_end")]
    public static partial void End(LzmaStream* stream);
}
