using System.Security.Cryptography;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Identities;

namespace OnionHost.Rendezvous.Cookies;

/// <summary>
/// An authorization cookie, the <c>x</c> of <c>x.y.onion</c>: 32 random bytes. They are the x25519 secret that decrypts the
/// service's descriptor (rend-spec-v3 2.5.1.2), and the seed of the Ed25519 key that proves the cookie at the introduction
/// (docs/cookies.md). It is a secret: the service keeps only the public keys.
/// </summary>
public sealed class OnionCookie : IDisposable
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 32;

    /// <summary>Length of <see cref="Label"/> in characters.</summary>
    public const int LabelLength = 52;

    private readonly byte[] _bytes;
    private bool _disposed;

    private OnionCookie(byte[] bytes)
    {
        _bytes = bytes;
    }

    /// <summary>The cookie as text: 52 lower-case base32 characters. Whoever reads it can use it.</summary>
    public string Label => Text.EncodeBase32(Bytes);

    private ReadOnlySpan<byte> Bytes
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _bytes;
        }
    }

    /// <summary>Makes a new one from 32 random bytes.</summary>
    public static OnionCookie Generate(IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var bytes = new byte[Size];
        random.Fill(bytes);
        return new OnionCookie(bytes);
    }

    /// <summary>Reads 52 base32 characters of either case; false if it is something else.</summary>
    public static bool TryParse(ReadOnlySpan<char> label, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out OnionCookie? cookie)
    {
        var bytes = new byte[Size];
        cookie = label.Length == LabelLength && Text.TryDecodeBase32(label, bytes) ? new OnionCookie(bytes) : null;
        return cookie is not null;
    }

    /// <summary>The host name that a visitor opens: <c>x.y.onion</c>, 115 characters.</summary>
    public string HostName(OnionAddress service) => $"{Label}.{service}";

    /// <summary>The line that stock tor wants in an <c>.auth_private</c> file of its <c>ClientOnionAuthDir</c>.</summary>
    public string AuthPrivateLine(OnionAddress service) => $"{service.Label}:descriptor:x25519:{Label.ToUpperInvariant()}";

    /// <summary>Overwrites the secret.</summary>
    public void Dispose()
    {
        _disposed = true;
        CryptographicOperations.ZeroMemory(_bytes);
    }

    /// <summary>Nothing of the secret.</summary>
    public override string ToString() => "[cookie]";

    /// <summary>The key that decrypts the service's descriptor.</summary>
    internal X25519KeyPair DescriptorKey() => X25519KeyPair.FromSecret(Bytes);

    /// <summary>The key that proves the cookie at the introduction: its seed is a hash of a fixed text and the 32 bytes.</summary>
    internal Ed25519KeyPair ProofKey()
    {
        var context = "OnionHost introduction cookie v1"u8;
        Span<byte> input = stackalloc byte[context.Length + Size];
        Span<byte> seed = stackalloc byte[32];
        context.CopyTo(input);
        Bytes.CopyTo(input[context.Length..]);
        Sha3.Hash256(input, seed);
        var key = Ed25519KeyPair.FromSeed(seed);
        CryptographicOperations.ZeroMemory(input);
        CryptographicOperations.ZeroMemory(seed);
        return key;
    }

    /// <summary>The same cookie again, with a life of its own.</summary>
    internal OnionCookie Copy() => new(Bytes.ToArray());

    /// <summary>True if both hold the same bytes; takes the same time whatever they are.</summary>
    internal bool HasSameSecret(OnionCookie other) => CryptographicOperations.FixedTimeEquals(Bytes, other.Bytes);
}
