using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Certificates;

/// <summary>
/// What a relay shows on its links for some days: the TLS leaf, the CERTS of both directions and the key for
/// AUTHENTICATE. Links keep using the credentials that they were opened with, so replace them and dispose the old ones
/// only when no handshake can be using them any more.
/// </summary>
public sealed class LinkCredentials : IDisposable
{
    private const int LeafBits = 2048;

    /// <summary>Certificates hold from a little before now, for peers whose clock is behind.</summary>
    private static readonly TimeSpan Backdating = TimeSpan.FromDays(1);

    private readonly Ed25519KeyPair _authentication;

    private LinkCredentials(RsaPublicKey rsaKey, Ed25519Identity identity, X509Certificate2 tlsLeaf, Ed25519KeyPair authentication)
    {
        RsaKey = rsaKey;
        Identity = identity;
        TlsLeaf = tlsLeaf;
        TlsLeafDer = tlsLeaf.RawData;
        _authentication = authentication;
    }

    /// <summary>How long fresh credentials hold.</summary>
    public static TimeSpan Lifetime { get; } = TimeSpan.FromDays(30);

    /// <summary>The RSA identity key.</summary>
    public RsaPublicKey RsaKey { get; }

    /// <summary>The RSA identity.</summary>
    public RelayFingerprint Fingerprint => RsaKey.Fingerprint;

    /// <summary>The Ed25519 master identity.</summary>
    public Ed25519Identity Identity { get; }

    /// <summary>The TLS certificate with its private key.</summary>
    public X509Certificate2 TlsLeaf { get; }

    /// <summary>The TLS certificate's DER encoding.</summary>
    public ReadOnlyMemory<byte> TlsLeafDer { get; }

    /// <summary>What we send as responder.</summary>
    public CertsCell ResponderCerts { get; private init; }

    /// <summary>What we send as initiator.</summary>
    public CertsCell InitiatorCerts { get; private init; }

    /// <summary>Signs AUTHENTICATE.</summary>
    public IEd25519Signer AuthenticationKey => _authentication;

    /// <summary>Makes fresh credentials.</summary>
    /// <param name="rsaIdentity">The RSA identity, 1024 bits.</param>
    /// <param name="signing">The Ed25519 signing key.</param>
    /// <param name="signingCertificate">The signing key's certificate by the master identity, which it names.</param>
    /// <param name="now">The time.</param>
    /// <param name="random">Makes keys and names.</param>
    /// <param name="leafKind">The kind of key in the TLS certificate.</param>
    /// <exception cref="ArgumentException">The certificate does not name the master identity, or certifies another key.</exception>
    public static LinkCredentials Create(
        RsaKeyPair rsaIdentity,
        IEd25519Signer signing,
        Ed25519Certificate signingCertificate,
        DateTimeOffset now,
        IRandomSource random,
        LinkLeafKind leafKind = LinkLeafKind.Rsa)
    {
        ArgumentNullException.ThrowIfNull(rsaIdentity);
        ArgumentNullException.ThrowIfNull(signing);
        ArgumentNullException.ThrowIfNull(signingCertificate);
        if (signingCertificate.SigningKey is not { } identity || signingCertificate.CertifiedKey != signing.Public)
        {
            throw new ArgumentException("The signing key's certificate must name the master identity and certify the signing key.", nameof(signingCertificate));
        }

        var (from, until) = (now - Backdating, now + Lifetime);
        var leaf = CreateLeaf(rsaIdentity, from, until, random, leafKind);
        var authentication = Ed25519KeyPair.Generate(random);
        var rsaCertificate = Entry(LinkCertificateType.RsaIdentity, RsaLinkCertificate.CreateIdentity(rsaIdentity, from, until + Lifetime, random));
        var cross = Entry(LinkCertificateType.RsaEd25519Cross, RsaEd25519CrossCertificate.Create(rsaIdentity, identity, until).Bytes);
        var signingEntry = Entry(LinkCertificateType.Ed25519Signing, signingCertificate.Bytes);
        var link = Ed25519Certificate.Create(
            Ed25519CertificateType.TlsLink,
            new Ed25519Identity(SHA256.HashData(leaf.RawData)),
            until,
            signing,
            includeSigningKey: false,
            Ed25519Certificate.X509DigestKeyType);
        var auth = Ed25519Certificate.Create(
            Ed25519CertificateType.LinkAuthentication, authentication.Public, until, signing, includeSigningKey: false);
        return new LinkCredentials(rsaIdentity.Public, identity, leaf, authentication)
        {
            ResponderCerts = new CertsCell(ImmutableArray.Create(
                Entry(LinkCertificateType.RsaLink, leaf.RawData), rsaCertificate, signingEntry, Entry(LinkCertificateType.Ed25519Link, link.Bytes), cross)),
            InitiatorCerts = new CertsCell(ImmutableArray.Create(
                rsaCertificate, signingEntry, Entry(LinkCertificateType.Ed25519Authenticate, auth.Bytes), cross)),
        };
    }

    /// <summary>Zeroises the private keys.</summary>
    public void Dispose()
    {
        TlsLeaf.Dispose();
        _authentication.Dispose();
    }

    /// <summary>The identities only.</summary>
    public override string ToString() => $"Link credentials of {Fingerprint}";

    private static CertificateEntry Entry(byte type, ReadOnlyMemory<byte> body) => new(type, body);

    private static X509Certificate2 CreateLeaf(RsaKeyPair issuer, DateTimeOffset from, DateTimeOffset until, IRandomSource random, LinkLeafKind kind)
    {
        using AsymmetricAlgorithm key = kind == LinkLeafKind.Rsa ? RSA.Create(LeafBits) : ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var issuerRsa = issuer.CreateRsa();
        var subject = CertificateNames.Subject(random);
        var request = key is RSA rsa
            ? new CertificateRequest(subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(subject, (ECDsa)key, HashAlgorithmName.SHA256);
        var generator = X509SignatureGenerator.CreateForRSA(issuerRsa, RSASignaturePadding.Pkcs1);
        using var bare = request.Create(CertificateNames.Issuer(random), generator, from, until, random.Bytes(8));
        var leaf = key is RSA withRsa ? bare.CopyWithPrivateKey(withRsa) : bare.CopyWithPrivateKey((ECDsa)key);
        if (!OperatingSystem.IsWindows())
        {
            return leaf;
        }

        // SChannel does not take keys that live in memory only.
        using (leaf)
        {
            return X509CertificateLoader.LoadPkcs12(leaf.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
        }
    }
}
