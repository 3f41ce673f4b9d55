using OnionHost.Network.Directory.Http;

namespace OnionHost.Network.Directory;

/// <summary>A document that many will ask for; it is compressed once, when the first one asks for that.</summary>
internal sealed class ServedDocument(ReadOnlyMemory<byte> bytes)
{
    private readonly Lazy<byte[]> _deflated = new(() => HttpCompression.Compress(bytes.Span, HttpCompression.Deflate));

    /// <summary>The document.</summary>
    public ReadOnlyMemory<byte> Bytes => bytes;

    /// <summary>The document in zlib form.</summary>
    public ReadOnlyMemory<byte> Deflated => _deflated.Value;

    /// <summary>200 with it.</summary>
    public DirectoryResponse ToResponse() => DirectoryResponse.Ok(bytes) with { DeflatedBody = () => Deflated };
}
