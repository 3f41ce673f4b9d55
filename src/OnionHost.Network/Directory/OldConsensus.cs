using OnionHost.Network.Directory.Http.Compression;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Directory;

/// <summary>A consensus that clients may still have, kept compressed, so that they can be told what changed since.</summary>
internal sealed record OldConsensus(Digest256 Name, ReadOnlyMemory<byte> Deflated, int Size)
{
    /// <summary>Packs a consensus.</summary>
    public static OldConsensus Of(StoredConsensus stored) => new(stored.Name, stored.Document.In(StreamCoding.Deflate), stored.Document.Bytes.Length);

    /// <summary>Unpacks it.</summary>
    public Consensus Read() => Consensus.Parse(StreamCoding.Deflate.Decompress(Deflated.Span, Size));
}
