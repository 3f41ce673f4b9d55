using System.Collections.Immutable;
using System.Security.Cryptography;
using OnionHost.Protocol.Certificates;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Directory;

/// <summary>The two signatures and the cross certifications of a server descriptor (dir-spec 2.1.1).</summary>
internal static class ServerDescriptorSignatures
{
    /// <summary>What the Ed25519 signature covers before the text.</summary>
    public static ReadOnlySpan<byte> Ed25519Prefix => "Tor router descriptor signature v1"u8;

    /// <summary>The digest that the Ed25519 key signs; <paramref name="signed"/> ends with <c>router-sig-ed25519 </c>.</summary>
    public static byte[] Ed25519Digest(ReadOnlySpan<byte> signed) => SHA256.HashData([.. Ed25519Prefix, .. signed]);

    /// <summary>What the RSA onion key signs, 52 bytes: that it belongs to both identities.</summary>
    public static byte[] OnionKeyCrossCertified(RsaPublicKey identity, in Ed25519Identity master) =>
        [.. SHA1.HashData(identity.Pkcs1.Span), .. master.Span];

    /// <summary>Writes both signatures under a descriptor or an extra-info document.</summary>
    public static void Sign(DocumentWriter writer, ServerDescriptorKeys keys)
    {
        writer.Raw("router-sig-ed25519 ");
        var signature = new byte[64];
        keys.Signing.Sign(Ed25519Digest(writer.ToBytes()), signature);
        writer.Raw(Encoding.Text.EncodeBase64(signature) + "\n").Line("router-signature");
        writer.Object("SIGNATURE", keys.Identity.SignRaw(SHA1.HashData(writer.ToBytes())));
    }

    /// <summary>Verifies everything and gives the keys.</summary>
    /// <exception cref="ProtocolException">Something does not verify.</exception>
    public static Keys Verify(byte[] document, DocumentSection section, RsaPublicKey identityKey, RsaPublicKey tapOnionKey)
    {
        var signing = Certificate(section.One("identity-ed25519"), "ED25519 CERT", Ed25519CertificateType.SigningKey);
        var master = Ed25519Identity.Parse(section.One("master-key-ed25519").Argument(0));
        Check(signing.SigningKey == master && signing.VerifySignature(master), "the signing key's certificate is wrong");
        var signature = section.One("router-sig-ed25519");
        var onionKey = Curve25519PublicKey.Parse(section.One("ntor-onion-key").Argument(0));
        var onionKeyCertificate = VerifyNtor(section.One("ntor-onion-key-crosscert"), onionKey, master);
        VerifyEd25519(document, signature, signing.CertifiedKey);
        Check(
            tapOnionKey.VerifyRaw(section.One("onion-key-crosscert").ObjectBytes("CROSSCERT").Span, OnionKeyCrossCertified(identityKey, master)),
            "the RSA onion key's cross certification is wrong");
        CheckFingerprint(section, identityKey);
        var families = section.Many("family-cert").Select(item => VerifyFamily(item, master)).ToList();
        return new Keys(identityKey, tapOnionKey, master, onionKey)
        {
            Digest = VerifyRsa(document, section.One("router-signature"), identityKey),
            FamilyIds = [.. families.Select(f => "ed25519:" + f.SigningKey)],
            Expires = families.Append(signing).Append(onionKeyCertificate).Min(c => c.Expiration),
        };
    }

    private static void VerifyEd25519(byte[] document, DocumentItem item, in Ed25519Identity signingKey)
    {
        Span<byte> signature = stackalloc byte[64];
        Check(
            Encoding.Text.TryDecodeBase64(item.Argument(0), signature)
            && Ed25519.Verify(signingKey, Ed25519Digest(document.AsSpan(0, Math.Min(item.KeywordEnd + 1, document.Length))), signature),
            "the Ed25519 signature is wrong");
    }

    private static Digest160 VerifyRsa(byte[] document, DocumentItem item, RsaPublicKey identity)
    {
        var digest = SHA1.HashData(document.AsSpan(0, item.LineEnd));
        Check(identity.VerifyRaw(item.ObjectBytes("SIGNATURE").Span, digest), "the RSA signature is wrong");
        return new Digest160(digest);
    }

    private static Ed25519Certificate VerifyNtor(DocumentItem item, in Curve25519PublicKey onionKey, in Ed25519Identity master)
    {
        var certificate = Certificate(item, "ED25519 CERT", Ed25519CertificateType.NtorOnionKey);
        var converted = Ed25519Conversion.FromCurve25519(onionKey, (int)item.Number(0, 0, 1));
        Check(
            certificate.CertifiedKey == master && certificate.VerifySignature(converted),
            "the ntor onion key's cross certification is wrong");
        return certificate;
    }

    private static Ed25519Certificate VerifyFamily(DocumentItem item, in Ed25519Identity master)
    {
        var certificate = Certificate(item, "FAMILY CERT", Ed25519CertificateType.Family);
        Check(
            certificate.CertifiedKey == master
            && certificate.SigningKey is { } family && certificate.VerifySignature(family),
            "a family's certificate is wrong");
        return certificate;
    }

    private static Ed25519Certificate Certificate(DocumentItem item, string label, Ed25519CertificateType type)
    {
        var certificate = Ed25519Certificate.Parse(item.ObjectBytes(label).Span);
        Check(certificate.Type == type, "a certificate has the wrong type");
        return certificate;
    }

    private static void CheckFingerprint(DocumentSection section, RsaPublicKey identity)
    {
        if (section.Optional("fingerprint") is { } line)
        {
            Check(RelayFingerprint.Parse(string.Concat(line.Arguments)) == identity.Fingerprint, "the fingerprint is not that of the identity key");
        }
    }

    private static void Check(bool isTrue, string fault)
    {
        if (!isTrue)
        {
            throw new ProtocolException($"A server descriptor is refused: {fault}.");
        }
    }

    /// <summary>What the signatures proved.</summary>
    internal sealed record Keys(RsaPublicKey IdentityKey, RsaPublicKey TapOnionKey, Ed25519Identity Identity, Curve25519PublicKey OnionKey)
    {
        public required Digest160 Digest { get; init; }

        public required ImmutableArray<string> FamilyIds { get; init; }

        public required DateTimeOffset Expires { get; init; }
    }
}
