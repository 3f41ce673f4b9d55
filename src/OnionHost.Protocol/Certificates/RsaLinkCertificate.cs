using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using OnionHost.Protocol.Cryptography;

namespace OnionHost.Protocol.Certificates;

/// <summary>
/// An X.509 certificate of an RSA key as CERTS carries it (tor-spec 4.2). Only what Tor looks at is kept: the key, the
/// time it holds, and the signature. Reading is strict DER without trailing bytes.
/// </summary>
public sealed class RsaLinkCertificate
{
    /// <summary>Length of an RSA identity key in bits.</summary>
    public const int IdentityBits = 1024;

    private const string RsaOid = "1.2.840.113549.1.1.1";

    /// <summary>How long after its end a certificate is still taken: clocks differ.</summary>
    private static readonly TimeSpan PastSlop = TimeSpan.FromDays(2);

    /// <summary>How long before its start it is taken already.</summary>
    private static readonly TimeSpan FutureSlop = TimeSpan.FromDays(30);

    private readonly byte[] _signed;
    private readonly byte[] _signature;
    private readonly RsaSignatureDigest _digest;

    private RsaLinkCertificate(ReadOnlyMemory<byte> der)
    {
        var reader = new AsnReader(der, AsnEncodingRules.DER);
        var certificate = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        _signed = certificate.ReadEncodedValue().ToArray();
        var algorithm = certificate.ReadEncodedValue();
        _digest = RsaSignatureDigest.FromOid(new AsnReader(algorithm, AsnEncodingRules.DER).ReadSequence().ReadObjectIdentifier());
        _signature = certificate.ReadBitString(out var unused);
        certificate.ThrowIfNotEmpty();
        if (unused != 0)
        {
            throw new ProtocolException("An X.509 certificate's signature is not made of whole bytes.");
        }

        var fields = new AsnReader(_signed, AsnEncodingRules.DER).ReadSequence();
        if (fields.PeekTag().HasSameClassAndValue(new Asn1Tag(TagClass.ContextSpecific, 0)))
        {
            fields.ReadEncodedValue();
        }

        fields.ReadInteger();
        if (!fields.ReadEncodedValue().Span.SequenceEqual(algorithm.Span))
        {
            throw new ProtocolException("An X.509 certificate names two kinds of signature.");
        }

        fields.ReadSequence();
        var validity = fields.ReadSequence();
        NotBefore = ReadTime(validity);
        NotAfter = ReadTime(validity);
        fields.ReadSequence();
        Key = ReadKey(fields.ReadSequence());
    }

    /// <summary>The certified key.</summary>
    public RsaPublicKey Key { get; }

    /// <summary>From when it holds.</summary>
    public DateTimeOffset NotBefore { get; }

    /// <summary>Until when it holds.</summary>
    public DateTimeOffset NotAfter { get; }

    /// <summary>Reads a certificate and checks its form, not its signature.</summary>
    /// <exception cref="ProtocolException">It is not the DER of an X.509 certificate of an RSA key.</exception>
    public static RsaLinkCertificate Parse(ReadOnlyMemory<byte> der)
    {
        try
        {
            return new RsaLinkCertificate(der);
        }
        catch (Exception e) when (e is AsnContentException or CryptographicException or ArgumentException or OverflowException)
        {
            throw new ProtocolException("Not the DER encoding of an X.509 certificate of an RSA key.", e);
        }
    }

    /// <summary>Makes the self-signed certificate of a relay's RSA identity.</summary>
    /// <returns>Its DER encoding.</returns>
    public static byte[] CreateIdentity(RsaKeyPair identity, DateTimeOffset notBefore, DateTimeOffset notAfter, IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(identity);
        using var rsa = identity.CreateRsa();
        var name = CertificateNames.Issuer(random);
        using var certificate = new CertificateRequest(name, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .Create(name, X509SignatureGenerator.CreateForRSA(rsa, RSASignaturePadding.Pkcs1), notBefore, notAfter, random.Bytes(8));
        return certificate.RawData;
    }

    /// <summary>True if it holds at that time, give or take clocks.</summary>
    public bool IsValidAt(DateTimeOffset now) => now >= NotBefore - FutureSlop && now <= NotAfter + PastSlop;

    /// <summary>True if <paramref name="key"/> signed it and it holds now, give or take clocks.</summary>
    public bool Verify(RsaPublicKey key, DateTimeOffset now) => IsValidAt(now) && VerifySignature(key);

    /// <summary>True if <paramref name="key"/> signed it, whether it holds or not.</summary>
    public bool VerifySignature(RsaPublicKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.VerifyRaw(_signature, _digest.Compute(_signed));
    }

    private static DateTimeOffset ReadTime(AsnReader validity) =>
        validity.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime) ? validity.ReadUtcTime() : validity.ReadGeneralizedTime();

    private static RsaPublicKey ReadKey(AsnReader info)
    {
        var algorithm = info.ReadSequence().ReadObjectIdentifier();
        if (algorithm != RsaOid)
        {
            throw new ProtocolException("An X.509 certificate's key is not RSA.");
        }

        return RsaPublicKey.FromPkcs1(info.ReadBitString(out _));
    }
}
