using System.Security.Cryptography;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Certificates;

/// <summary>
/// Verifies CERTS cells (tor-spec 4.2): the RSA identity signs itself and the master identity, the master identity the
/// signing key, the signing key the TLS leaf (responder) or the authentication key (initiator). Both identities must be there.
/// </summary>
public static class LinkCertificates
{
    /// <summary>Verifies a responder's certificates against the leaf that it presented in TLS.</summary>
    /// <param name="certs">What it sent.</param>
    /// <param name="tlsLeafDer">The leaf's exact DER encoding.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="ProtocolException">A certificate is missing, malformed, over, or signed by another key.</exception>
    public static LinkIdentity Verify(CertsCell certs, ReadOnlySpan<byte> tlsLeafDer, DateTimeOffset now)
    {
        var (rsaKey, identity, signingKey) = VerifyIdentities(certs, now);
        var link = Read(certs, LinkCertificateType.Ed25519Link, Ed25519CertificateType.TlsLink);
        Check(link, signingKey, Ed25519Certificate.X509DigestKeyType, now);

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(tlsLeafDer, digest);
        if (!link.CertifiedKey.Span.SequenceEqual(digest))
        {
            throw new ProtocolException("CERTS belongs to another TLS connection.");
        }

        return new LinkIdentity(rsaKey, identity, null);
    }

    /// <summary>Verifies an initiator's certificates. They prove nothing until its AUTHENTICATE was verified too.</summary>
    /// <exception cref="ProtocolException">A certificate is missing, malformed, over, or signed by another key.</exception>
    public static LinkIdentity VerifyInitiator(CertsCell certs, DateTimeOffset now)
    {
        var (rsaKey, identity, signingKey) = VerifyIdentities(certs, now);
        var authentication = Read(certs, LinkCertificateType.Ed25519Authenticate, Ed25519CertificateType.LinkAuthentication);
        Check(authentication, signingKey, Ed25519Certificate.Ed25519KeyType, now);

        return new LinkIdentity(rsaKey, identity, authentication.CertifiedKey);
    }

    private static (Cryptography.RsaPublicKey RsaKey, Ed25519Identity Identity, Ed25519Identity SigningKey) VerifyIdentities(
        CertsCell certs, DateTimeOffset now)
    {
        var rsa = RsaLinkCertificate.Parse(Find(certs, LinkCertificateType.RsaIdentity));
        if (rsa.Key.Bits != RsaLinkCertificate.IdentityBits || !rsa.VerifySignature(rsa.Key))
        {
            throw new ProtocolException("CERTS: the RSA identity is not 1024 bits, or not signed by itself.");
        }

        var cross = RsaEd25519CrossCertificate.Parse(Find(certs, LinkCertificateType.RsaEd25519Cross).Span);
        if (!cross.VerifySignature(rsa.Key))
        {
            throw new ProtocolException("CERTS: the Ed25519 identity is not signed by the RSA identity.");
        }

        CheckTime(rsa.IsValidAt(now) && now <= cross.Expiration, now);
        var signing = Read(certs, LinkCertificateType.Ed25519Signing, Ed25519CertificateType.SigningKey);
        if (signing.SigningKey != cross.Identity)
        {
            throw new ProtocolException("CERTS: the signing key's certificate names another Ed25519 identity.");
        }

        Check(signing, cross.Identity, Ed25519Certificate.Ed25519KeyType, now);
        return (rsa.Key, cross.Identity, signing.CertifiedKey);
    }

    private static void Check(Ed25519Certificate certificate, in Ed25519Identity signer, byte keyType, DateTimeOffset now)
    {
        if (certificate.KeyType != keyType || !certificate.VerifySignature(signer))
        {
            throw new ProtocolException($"CERTS: the certificate of type {(byte)certificate.Type} is not signed by the key above it.");
        }

        CheckTime(now <= certificate.Expiration, now);
    }

    private static void CheckTime(bool isValid, DateTimeOffset now)
    {
        if (!isValid)
        {
            throw new ProtocolException($"CERTS: a certificate is not valid at {now:u}. If this machine's clock is wrong, set it.");
        }
    }

    private static Ed25519Certificate Read(CertsCell certs, byte entry, Ed25519CertificateType type)
    {
        var certificate = Ed25519Certificate.Parse(Find(certs, entry).Span);
        return certificate.Type == type
            ? certificate
            : throw new ProtocolException($"CERTS: entry {entry} is a certificate of type {(byte)certificate.Type}.");
    }

    private static ReadOnlyMemory<byte> Find(CertsCell certs, byte type) =>
        certs.Find(type) ?? throw new ProtocolException($"CERTS has no certificate of type {type}.");
}
