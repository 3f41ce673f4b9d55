using System.Collections.Concurrent;
using OnionHost.Network.Directory.Http.Compression;

namespace OnionHost.Network.Directory;

/// <summary>A document that many will ask for; it is compressed once in each encoding, when the first one asks for that.</summary>
internal sealed class ServedDocument(ReadOnlyMemory<byte> bytes)
{
    private readonly ConcurrentDictionary<ContentCoding, Lazy<byte[]>> _compressed = [];

    /// <summary>The document.</summary>
    public ReadOnlyMemory<byte> Bytes => bytes;

    /// <summary>The document in an encoding.</summary>
    public ReadOnlyMemory<byte> In(ContentCoding coding) =>
        _compressed.GetOrAdd(coding, static (coding, bytes) => new Lazy<byte[]>(() => coding.Compress(bytes.Span)), bytes).Value;

    /// <summary>200 with it.</summary>
    public DirectoryResponse ToResponse() => DirectoryResponse.Ok(bytes) with { Kept = this };
}
