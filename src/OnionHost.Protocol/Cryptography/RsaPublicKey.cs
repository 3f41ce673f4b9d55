using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Cryptography;

/// <summary>An RSA public key (1024 to 4096 bits, exponent 65537) with Tor's signatures: PKCS#1 v1.5 padding over a bare digest.</summary>
public sealed class RsaPublicKey : IEquatable<RsaPublicKey>
{
    private const int MinimumBits = 1024;
    private const int MaximumBits = 4096;
    private static readonly BigInteger Exponent = 65537;

    private readonly byte[] _pkcs1;
    private readonly BigInteger _modulus;

    private RsaPublicKey(byte[] pkcs1, BigInteger modulus)
    {
        _pkcs1 = pkcs1;
        _modulus = modulus;
        Bits = (int)modulus.GetBitLength();
        Span<byte> digest = stackalloc byte[RelayFingerprint.Size];
        SHA1.HashData(pkcs1, digest);
        Fingerprint = new RelayFingerprint(digest);
    }

    /// <summary>The DER bytes of the PKCS#1 <c>RSAPublicKey</c>.</summary>
    public ReadOnlyMemory<byte> Pkcs1 => _pkcs1;

    /// <summary>Length of the modulus in bits.</summary>
    public int Bits { get; }

    /// <summary>SHA-1 of <see cref="Pkcs1"/>, 20 bytes: how relays and authorities are named.</summary>
    public RelayFingerprint Fingerprint { get; }

    /// <summary>Reads DER strictly.</summary>
    /// <exception cref="ProtocolException">It is not DER of an RSA key, something follows it, or the sizes are out of range.</exception>
    public static RsaPublicKey FromPkcs1(ReadOnlySpan<byte> der)
    {
        var bytes = der.ToArray();
        try
        {
            var reader = new AsnReader(bytes, AsnEncodingRules.DER);
            var sequence = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            var modulus = sequence.ReadInteger();
            var exponent = sequence.ReadInteger();
            sequence.ThrowIfNotEmpty();
            if (modulus.Sign <= 0 || modulus.IsEven || modulus.GetBitLength() is < MinimumBits or > MaximumBits)
            {
                throw new ProtocolException($"An RSA modulus has {MinimumBits} to {MaximumBits} bits and is odd.");
            }

            return exponent == Exponent
                ? new RsaPublicKey(bytes, modulus)
                : throw new ProtocolException("An RSA exponent other than 65537 is not accepted.");
        }
        catch (AsnContentException e)
        {
            throw new ProtocolException("Not the DER encoding of an RSA public key.", e);
        }
    }

    /// <summary>True if <paramref name="signature"/> is PKCS#1 v1.5 (type 1) over exactly <paramref name="payload"/>, without DigestInfo.</summary>
    public bool VerifyRaw(ReadOnlySpan<byte> signature, ReadOnlySpan<byte> payload)
    {
        var size = (Bits + 7) / 8;
        if (signature.Length != size || payload.Length > size - 11)
        {
            return false;
        }

        var value = new BigInteger(signature, isUnsigned: true, isBigEndian: true);
        if (value >= _modulus)
        {
            return false;
        }

        Span<byte> expected = stackalloc byte[MaximumBits / 8];
        expected = expected[..size];
        Pad(payload, expected);
        return BigInteger.ModPow(value, Exponent, _modulus) == new BigInteger(expected, isUnsigned: true, isBigEndian: true);
    }

    /// <inheritdoc/>
    public bool Equals(RsaPublicKey? other) => other is not null && _pkcs1.AsSpan().SequenceEqual(other._pkcs1);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RsaPublicKey);

    /// <inheritdoc/>
    public override int GetHashCode() => Fingerprint.GetHashCode();

    /// <summary>The fingerprint in hexadecimal.</summary>
    public override string ToString() => Fingerprint.ToString();

    private static void Pad(ReadOnlySpan<byte> payload, Span<byte> block)
    {
        block.Fill(0xff);
        block[0] = 0;
        block[1] = 1;
        block[^(payload.Length + 1)] = 0;
        payload.CopyTo(block[^payload.Length..]);
    }
}
