using System.Security.Cryptography;

namespace OnionHost.Protocol.Cryptography;

/// <summary>Three preallocated <c>EVP_MD_CTX</c>: what is committed, what is tried, and one that is finalised to look at the digest.</summary>
internal sealed unsafe class OpenSslRunningDigest : RunningDigest
{
    private readonly int _size;
    private nint _committed;
    private nint _tried;
    private nint _scratch;

    public OpenSslRunningDigest(HashAlgorithmName algorithm)
    {
        _size = algorithm == HashAlgorithmName.SHA1 ? SHA1.HashSizeInBytes : SHA3_256.HashSizeInBytes;
        var type = algorithm == HashAlgorithmName.SHA1 ? LibCrypto.Sha1() : LibCrypto.Sha3();
        _committed = LibCrypto.DigestContextNew();
        _tried = LibCrypto.DigestContextNew();
        _scratch = LibCrypto.DigestContextNew();
        Check(LibCrypto.DigestInit(_committed, type, 0));
    }

    ~OpenSslRunningDigest() => Dispose(disposing: false);

    public override int Size => _size;

    public override void Try(ReadOnlySpan<byte> data, Span<byte> digest)
    {
        ObjectDisposedException.ThrowIf(_committed == 0, this);
        ArgumentOutOfRangeException.ThrowIfLessThan(digest.Length, _size);
        fixed (byte* input = data, output = digest)
        {
            Check(LibCrypto.DigestContextCopy(_tried, _committed));
            Check(LibCrypto.DigestUpdate(_tried, input, (nuint)data.Length));
            Check(LibCrypto.DigestContextCopy(_scratch, _tried));
            Check(LibCrypto.DigestFinal(_scratch, output, null));
        }

        GC.KeepAlive(this);
    }

    public override void Commit() => (_committed, _tried) = (_tried, _committed);

    private protected override void Dispose(bool disposing)
    {
        LibCrypto.DigestContextFree(_committed);
        LibCrypto.DigestContextFree(_tried);
        LibCrypto.DigestContextFree(_scratch);
        (_committed, _tried, _scratch) = (0, 0, 0);
    }

    private static void Check(int result)
    {
        if (result != 1)
        {
            LibCrypto.ClearErrors();
            throw new CryptographicException("libcrypto could not compute a digest.");
        }
    }
}
