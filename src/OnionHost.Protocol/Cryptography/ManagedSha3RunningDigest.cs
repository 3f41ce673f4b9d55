using Org.BouncyCastle.Crypto.Digests;

namespace OnionHost.Protocol.Cryptography;

/// <summary>BouncyCastle's SHA3-256, for operating systems without one.</summary>
internal sealed class ManagedSha3RunningDigest : RunningDigest
{
    private Sha3Digest _committed = new(256);
    private Sha3Digest? _tried;

    public override int Size => Cryptography.Sha3.Size;

    public override void Try(ReadOnlySpan<byte> data, Span<byte> digest)
    {
        var bytes = data.ToArray();
        _tried = new Sha3Digest(_committed);
        _tried.BlockUpdate(bytes, 0, bytes.Length);
        var output = new byte[Size];
        new Sha3Digest(_tried).DoFinal(output, 0);
        output.CopyTo(digest);
    }

    public override void Commit()
    {
        if (_tried is not null)
        {
            (_committed, _tried) = (_tried, null);
        }
    }

    private protected override void Dispose(bool disposing)
    {
        _committed.Reset();
        _tried?.Reset();
    }
}
