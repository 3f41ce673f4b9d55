using System.Security.Cryptography;

namespace OnionHost.Protocol.Cryptography;

/// <summary>The base class library's incremental hash, cloned for every try.</summary>
internal sealed class PlatformRunningDigest : RunningDigest
{
    private IncrementalHash _committed;
    private IncrementalHash? _tried;

    public PlatformRunningDigest(HashAlgorithmName algorithm)
    {
        _committed = IncrementalHash.CreateHash(algorithm);
    }

    public override int Size => _committed.HashLengthInBytes;

    public override void Try(ReadOnlySpan<byte> data, Span<byte> digest)
    {
        _tried?.Dispose();
        _tried = _committed.Clone();
        _tried.AppendData(data);
        _tried.GetCurrentHash(digest);
    }

    public override void Commit()
    {
        if (_tried is not null)
        {
            _committed.Dispose();
            (_committed, _tried) = (_tried, null);
        }
    }

    private protected override void Dispose(bool disposing)
    {
        _committed.Dispose();
        _tried?.Dispose();
    }
}
