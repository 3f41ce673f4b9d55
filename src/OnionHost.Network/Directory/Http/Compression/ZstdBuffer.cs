using System.Runtime.InteropServices;

namespace OnionHost.Network.Directory.Http.Compression;

/// <summary>libzstd's view of a buffer, and how far it got in it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ZstdBuffer
{
    public byte* Data;
    public nuint Size;
    public nuint Position;
}
