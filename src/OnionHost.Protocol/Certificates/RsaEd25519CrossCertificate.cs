using System.Security.Cryptography;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Certificates;

/// <summary>A relay's RSA identity vouches for its Ed25519 master identity (cert-spec 2.3): key 32, expiration in hours,
/// length, raw RSA signature.</summary>
public sealed class RsaEd25519CrossCertificate
{
    private const int SignedSize = Ed25519Identity.Size + 4;

    private readonly byte[] _bytes;
    private readonly byte[] _signature;

    private RsaEd25519CrossCertificate(byte[] bytes)
    {
        _bytes = bytes;
        var reader = new SpanReader(bytes);
        Identity = new Ed25519Identity(reader.ReadBytes(Ed25519Identity.Size));
        Expiration = ExpirationHours.ToTime(reader.ReadUInt32());
        _signature = reader.ReadBytes(reader.ReadByte()).ToArray();
        reader.ExpectEnd("A cross-certificate");
    }

    private static ReadOnlySpan<byte> Prefix => "Tor TLS RSA/Ed25519 cross-certificate"u8;

    /// <summary>The certified master identity.</summary>
    public Ed25519Identity Identity { get; }

    /// <summary>When it ends, a whole hour.</summary>
    public DateTimeOffset Expiration { get; }

    /// <summary>The whole certificate.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>Reads a certificate and checks its form, not its signature.</summary>
    /// <exception cref="ProtocolException">It is malformed.</exception>
    public static RsaEd25519CrossCertificate Parse(ReadOnlySpan<byte> bytes) => new(bytes.ToArray());

    /// <summary>Makes and signs a certificate that ends at <paramref name="expiration"/>, rounded up to a whole hour.</summary>
    public static RsaEd25519CrossCertificate Create(RsaKeyPair signer, in Ed25519Identity identity, DateTimeOffset expiration)
    {
        ArgumentNullException.ThrowIfNull(signer);
        Span<byte> signed = stackalloc byte[SignedSize];
        var writer = new SpanWriter(signed);
        writer.WriteBytes(identity.Span);
        writer.WriteUInt32(ExpirationHours.From(expiration));
        var signature = signer.SignRaw(Digest(signed));
        return new RsaEd25519CrossCertificate([.. signed, checked((byte)signature.Length), .. signature]);
    }

    /// <summary>True if <paramref name="key"/> signed it and it has not ended.</summary>
    public bool Verify(RsaPublicKey key, DateTimeOffset now) => now <= Expiration && VerifySignature(key);

    /// <summary>True if <paramref name="key"/> signed it, whether it has ended or not.</summary>
    public bool VerifySignature(RsaPublicKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.VerifyRaw(_signature, Digest(_bytes.AsSpan(0, SignedSize)));
    }

    private static byte[] Digest(ReadOnlySpan<byte> signed) => SHA256.HashData([.. Prefix, .. signed]);
}
