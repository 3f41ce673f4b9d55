using System.Security.Cryptography;
using OnionHost.Protocol.Identities;
using Org.BouncyCastle.Math.EC.Rfc7748;

namespace OnionHost.Protocol.Cryptography;

/// <summary>An X25519 key pair (RFC 7748), 32 bytes each. Safe for concurrent use; the secret is zeroised by <see cref="Dispose"/>.</summary>
public sealed class X25519KeyPair : IDisposable
{
    /// <summary>Bytes of a secret key, a public key and a shared secret.</summary>
    public const int Size = 32;

    private readonly byte[] _secret;
    private readonly OpenSslKey? _key;
    private bool _disposed;

    private X25519KeyPair(ReadOnlySpan<byte> secret, CryptographyBackend backend)
    {
        _secret = new byte[Size];
        secret.CopyTo(_secret);
        if (backend == CryptographyBackend.OpenSsl)
        {
            Span<byte> bytes = stackalloc byte[Size];
            _key = OpenSslKey.FromPrivate(LibCrypto.KeyTypeX25519, secret);
            _key.CopyPublicTo(bytes);
            Public = new Curve25519PublicKey(bytes);
        }
        else
        {
            var bytes = new byte[Size];
            X25519.ScalarMultBase(_secret, 0, bytes, 0);
            Public = new Curve25519PublicKey(bytes);
        }
    }

    /// <summary>The public key.</summary>
    public Curve25519PublicKey Public { get; }

    /// <summary>A fresh key pair; the secret is clamped.</summary>
    public static X25519KeyPair Generate(IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Span<byte> secret = stackalloc byte[Size];
        random.Fill(secret);
        secret[0] &= 248;
        secret[31] = (byte)((secret[31] & 127) | 64);
        var pair = FromSecret(secret);
        CryptographicOperations.ZeroMemory(secret);
        return pair;
    }

    /// <summary>The key pair of a secret of 32 bytes, clamped or not.</summary>
    /// <exception cref="ProtocolException">The length is not 32.</exception>
    public static X25519KeyPair FromSecret(ReadOnlySpan<byte> secret) => FromSecret(secret, Backends.Preferred);

    internal static X25519KeyPair FromSecret(ReadOnlySpan<byte> secret, CryptographyBackend backend) =>
        secret.Length == Size
            ? new X25519KeyPair(secret, backend)
            : throw new ProtocolException($"An X25519 secret takes {Size} bytes, got {secret.Length}.");

    /// <summary>Writes the secret (32 bytes) that both sides share.</summary>
    /// <exception cref="ProtocolException">The peer's key is of small order: the result would be all zero.</exception>
    public void Agree(in Curve25519PublicKey peer, Span<byte> shared)
    {
        if (!TryAgree(peer, shared))
        {
            throw new ProtocolException("The peer's X25519 key gives an all-zero secret.");
        }
    }

    /// <summary>Copies the 32 secret bytes; the caller zeroises the copy.</summary>
    public void CopySecretTo(Span<byte> destination)
    {
        ThrowIfDisposed();
        _secret.CopyTo(destination);
    }

    /// <summary>Zeroises the secret.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_secret);
        _key?.Dispose();
        _disposed = true;
    }

    /// <summary>The public key only.</summary>
    public override string ToString() => $"X25519 {Public}";

    /// <summary>As <see cref="Agree"/>, but false with zeros instead of the exception: for handshakes that must take equal time.</summary>
    internal bool TryAgree(in Curve25519PublicKey peer, Span<byte> shared)
    {
        ThrowIfDisposed();
        shared = shared[..Size];
        shared.Clear();
        if (_key is null)
        {
            var result = new byte[Size];
            X25519.ScalarMult(_secret, 0, peer.ToArray(), 0, result, 0);
            result.CopyTo(shared);
            CryptographicOperations.ZeroMemory(result);
            return shared.IndexOfAnyExcept((byte)0) >= 0;
        }

        using var other = OpenSslKey.FromPublic(LibCrypto.KeyTypeX25519, peer.Span);
        if (_key.TryDerive(other, shared))
        {
            return true;
        }

        shared.Clear();
        return false;
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_disposed, this);
}
