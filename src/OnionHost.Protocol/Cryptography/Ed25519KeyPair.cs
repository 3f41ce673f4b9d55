using System.Security.Cryptography;
using OnionHost.Protocol.Identities;
using BouncyEd25519 = Org.BouncyCastle.Math.EC.Rfc8032.Ed25519;

namespace OnionHost.Protocol.Cryptography;

/// <summary>An Ed25519 key pair held as its seed (32 bytes). Safe for concurrent use; the seed is zeroised by <see cref="Dispose"/>.</summary>
public sealed class Ed25519KeyPair : IEd25519Signer, IDisposable
{
    /// <summary>Bytes of a seed.</summary>
    public const int SeedSize = 32;

    private readonly byte[] _seed;
    private readonly byte[] _public = new byte[Ed25519Identity.Size];
    private readonly OpenSslKey? _key;
    private bool _disposed;

    private Ed25519KeyPair(ReadOnlySpan<byte> seed, CryptographyBackend backend)
    {
        _seed = GC.AllocateUninitializedArray<byte>(SeedSize, pinned: true);
        seed.CopyTo(_seed);
        if (backend == CryptographyBackend.OpenSsl)
        {
            _key = OpenSslKey.FromPrivate(LibCrypto.KeyTypeEd25519, seed);
            _key.CopyPublicTo(_public);
        }
        else
        {
            BouncyEd25519.GeneratePublicKey(_seed, 0, _public, 0);
        }

        Public = new Ed25519Identity(_public);
    }

    /// <inheritdoc/>
    public Ed25519Identity Public { get; }

    /// <summary>A fresh key pair.</summary>
    public static Ed25519KeyPair Generate(IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Span<byte> seed = stackalloc byte[SeedSize];
        random.Fill(seed);
        var pair = FromSeed(seed);
        CryptographicOperations.ZeroMemory(seed);
        return pair;
    }

    /// <summary>The key pair of a seed of 32 bytes.</summary>
    /// <exception cref="ProtocolException">The length is not 32.</exception>
    public static Ed25519KeyPair FromSeed(ReadOnlySpan<byte> seed) => FromSeed(seed, Backends.Preferred);

    internal static Ed25519KeyPair FromSeed(ReadOnlySpan<byte> seed, CryptographyBackend backend) =>
        seed.Length == SeedSize
            ? new Ed25519KeyPair(seed, backend)
            : throw new ProtocolException($"An Ed25519 seed takes {SeedSize} bytes, got {seed.Length}.");

    /// <inheritdoc/>
    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        signature = signature[..Ed25519.SignatureSize];
        if (_key is not null)
        {
            _key.Sign(message, signature);
            return;
        }

        var (bytes, result) = (message.ToArray(), new byte[Ed25519.SignatureSize]);
        BouncyEd25519.Sign(_seed, 0, _public, 0, bytes, 0, bytes.Length, result, 0);
        result.CopyTo(signature);
    }

    /// <summary>Copies the 32 secret bytes; the caller zeroises the copy.</summary>
    public void CopySeedTo(Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _seed.CopyTo(destination);
    }

    /// <summary>The same key in its expanded form, which can be blinded.</summary>
    public Ed25519ExpandedKey Expand()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Span<byte> expanded = stackalloc byte[Ed25519ExpandedKey.Size];
        Ed25519.ExpandSeed(_seed, expanded);
        var key = Ed25519ExpandedKey.FromParts(expanded, Public);
        CryptographicOperations.ZeroMemory(expanded);
        return key;
    }

    /// <summary>Zeroises the seed.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_seed);
        _key?.Dispose();
        _disposed = true;
    }

    /// <summary>The public key only.</summary>
    public override string ToString() => $"Ed25519 {Public}";
}
