using OnionHost.Network.Directory.Http;
using OnionHost.Protocol.Directory.Consensuses;

namespace OnionHost.Network.Directory;

/// <summary>A consensus to serve; it is compressed once, when the first client asks for that.</summary>
internal sealed class StoredConsensus(Consensus consensus)
{
    private readonly Lazy<byte[]> _deflated = new(() => HttpCompression.Compress(consensus.Document.Span, HttpCompression.Deflate));

    /// <summary>The consensus.</summary>
    public Consensus Consensus { get; } = consensus;

    /// <summary>Its text in zlib form.</summary>
    public ReadOnlyMemory<byte> Deflated => _deflated.Value;
}
