using System.Security.Cryptography;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Cryptography;

/// <summary>
/// An Ed25519 secret in its expanded form: scalar (32 bytes, little-endian) and nonce prefix (32 bytes). Blinded keys exist in
/// no other form (rend-spec-v3 A.2). Signing is constant in time; the secret is zeroised by <see cref="Dispose"/>.
/// </summary>
public sealed class Ed25519ExpandedKey : IEd25519Signer, IDisposable
{
    /// <summary>Bytes of the expanded secret.</summary>
    public const int Size = 64;

    private readonly byte[] _secret;
    private bool _disposed;

    private Ed25519ExpandedKey(ReadOnlySpan<byte> secret, in Ed25519Identity identity)
    {
        _secret = GC.AllocateUninitializedArray<byte>(Size, pinned: true);
        secret.CopyTo(_secret);
        Public = identity;
    }

    /// <inheritdoc/>
    public Ed25519Identity Public { get; }

    /// <summary>The key of 64 expanded bytes; computes the public key.</summary>
    /// <exception cref="ProtocolException">The length is not 64.</exception>
    public static Ed25519ExpandedKey FromBytes(ReadOnlySpan<byte> secret)
    {
        if (secret.Length != Size)
        {
            throw new ProtocolException($"An expanded Ed25519 key takes {Size} bytes, got {secret.Length}.");
        }

        Span<byte> encoded = stackalloc byte[32];
        EdwardsPoint.Base.Multiply(secret[..32]).Encode(encoded);
        return new Ed25519ExpandedKey(secret, new Ed25519Identity(encoded));
    }

    internal static Ed25519ExpandedKey FromParts(ReadOnlySpan<byte> secret, in Ed25519Identity identity) => new(secret, identity);

    /// <inheritdoc/>
    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        signature = signature[..Ed25519.SignatureSize];
        Span<byte> hash = stackalloc byte[64];
        Span<byte> nonce = stackalloc byte[32];
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        sha.AppendData(_secret.AsSpan(32));
        sha.AppendData(message);
        sha.GetHashAndReset(hash);
        EdwardsScalar.Reduce(hash, nonce);
        EdwardsPoint.Base.Multiply(nonce).Encode(signature);

        sha.AppendData(signature[..32]);
        sha.AppendData(Public.Span);
        sha.AppendData(message);
        sha.GetHashAndReset(hash);
        Span<byte> challenge = stackalloc byte[32];
        EdwardsScalar.Reduce(hash, challenge);
        EdwardsScalar.MultiplyAdd(challenge, _secret.AsSpan(0, 32), nonce, signature[32..]);
        CryptographicOperations.ZeroMemory(nonce);
    }

    /// <summary>Copies the 64 secret bytes; the caller zeroises the copy.</summary>
    public void CopyTo(Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _secret.CopyTo(destination);
    }

    /// <summary>Zeroises the secret.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_secret);
        _disposed = true;
    }

    /// <summary>The public key only.</summary>
    public override string ToString() => $"Ed25519 {Public}";
}
