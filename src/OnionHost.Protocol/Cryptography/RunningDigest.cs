using System.Security.Cryptography;

namespace OnionHost.Protocol.Cryptography;

/// <summary>
/// The digest that runs over all relay cells of one direction (tor-spec 6.1): bytes are tried first, and only committed if the cell
/// turns out to be meant for us. Not safe for concurrent use. Where libcrypto is, no allocation per cell.
/// </summary>
public abstract class RunningDigest : IDisposable
{
    private protected RunningDigest()
    {
    }

    /// <summary>Bytes of the digest: 20 (SHA-1) or 32 (SHA3-256).</summary>
    public abstract int Size { get; }

    /// <summary>A SHA-1 that has taken <paramref name="seed"/>.</summary>
    public static RunningDigest Sha1(ReadOnlySpan<byte> seed) => Create(HashAlgorithmName.SHA1, seed, Backends.Preferred);

    /// <summary>A SHA3-256 that has taken <paramref name="seed"/>.</summary>
    public static RunningDigest Sha3(ReadOnlySpan<byte> seed) => Create(HashAlgorithmName.SHA3_256, seed, Backends.Preferred);

    /// <summary>
    /// Gives the digest of everything committed so far and <paramref name="data"/>, without committing it.
    /// A later <see cref="Commit"/> makes it permanent, a later <see cref="Try"/> forgets it.
    /// </summary>
    /// <param name="data">The bytes that would come next.</param>
    /// <param name="digest">Takes <see cref="Size"/> bytes.</param>
    public abstract void Try(ReadOnlySpan<byte> data, Span<byte> digest);

    /// <summary>Keeps the bytes of the last <see cref="Try"/>.</summary>
    public abstract void Commit();

    /// <summary>Frees the state.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    internal static RunningDigest Create(HashAlgorithmName algorithm, ReadOnlySpan<byte> seed, CryptographyBackend backend)
    {
        RunningDigest digest = backend switch
        {
            CryptographyBackend.OpenSsl => new OpenSslRunningDigest(algorithm),
            _ when algorithm == HashAlgorithmName.SHA3_256 && !SHA3_256.IsSupported => new ManagedSha3RunningDigest(),
            _ => new PlatformRunningDigest(algorithm),
        };
        Span<byte> ignored = stackalloc byte[32];
        digest.Try(seed, ignored[..digest.Size]);
        digest.Commit();
        CryptographicOperations.ZeroMemory(ignored);
        return digest;
    }

    private protected abstract void Dispose(bool disposing);
}
