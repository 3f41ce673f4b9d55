using System.Runtime.InteropServices;

namespace OnionHost.Network.Directory.Http.Compression;

/// <summary>liblzma's state of a coder, on 64-bit machines: 136 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Size = 136)]
internal unsafe struct LzmaStream
{
    public byte* NextIn;
    public nuint AvailableIn;
    public ulong TotalIn;
    public byte* NextOut;
    public nuint AvailableOut;
    public ulong TotalOut;
}
