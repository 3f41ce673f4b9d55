using System.Net;
using OnionHost.Protocol;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Authority;

/// <summary>
/// An authority's keys (dir-spec 3.1): the long-term identity, which may be kept elsewhere, and the signing key with its
/// certificate. On disk under the names that tor-gencert uses.
/// </summary>
internal sealed class AuthorityKeys : IDisposable
{
    /// <summary>Bits of an identity key.</summary>
    public const int IdentityBits = 3072;

    /// <summary>Bits of a signing key.</summary>
    public const int SigningBits = 2048;

    private const string IdentityFile = "authority_identity_key";
    private const string SigningFile = "authority_signing_key";
    private const string CertificateFile = "authority_certificate";

    private static readonly TimeSpan CertificateLifetime = TimeSpan.FromDays(365);
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30);

    private readonly RsaKeyPair? _identity;

    private AuthorityKeys(RsaKeyPair? identity, RsaKeyPair signing, AuthorityCertificate certificate)
    {
        _identity = identity;
        Signing = signing;
        Certificate = certificate;
    }

    /// <summary>SHA-1 of the identity key: the v3 identity.</summary>
    public RelayFingerprint Identity => Certificate.Identity;

    /// <summary>The key that signs votes and consensuses.</summary>
    public RsaKeyPair Signing { get; }

    /// <summary>What vouches for it.</summary>
    public AuthorityCertificate Certificate { get; }

    /// <summary>Makes fresh keys that live in memory only.</summary>
    /// <param name="now">The present time.</param>
    /// <param name="address">The authority's directory port, for the certificate.</param>
    /// <param name="fleetingBits">Length of both keys where the network ends with its process; null for those of a lasting authority.</param>
    public static AuthorityKeys Generate(DateTimeOffset now, IPEndPoint? address = null, int? fleetingBits = null) =>
        Certify(RsaKeyPair.Generate(fleetingBits ?? IdentityBits), now, address, fleetingBits ?? SigningBits);

    /// <summary>Loads the keys, or makes them in an empty folder. Renews the signing key a month before it expires, if the identity key is there.</summary>
    /// <param name="folder">The folder of the key files.</param>
    /// <param name="now">The present time.</param>
    /// <param name="address">The authority's directory port, for a new certificate.</param>
    /// <param name="fleetingBits">Length of new keys where the network does not last; null for those of a lasting authority.</param>
    /// <exception cref="TorException">A file is damaged, missing, or does not fit the others.</exception>
    public static AuthorityKeys LoadOrCreate(string folder, DateTimeOffset now, IPEndPoint? address = null, int? fleetingBits = null)
    {
        var files = new AuthorityFiles(folder);
        if (files.Read(CertificateFile) is { } certificate)
        {
            var loaded = Load(files, certificate);
            if (loaded.Certificate.Expires - RenewBefore > now || loaded._identity is null)
            {
                return loaded;
            }

            loaded.Signing.Dispose();
            return Store(files, Certify(loaded._identity, now, address, fleetingBits ?? SigningBits));
        }

        if (files.Read(SigningFile) is not null)
        {
            throw Damaged(files, CertificateFile, "it is missing while the signing key is there");
        }

        var identity = files.Read(IdentityFile) is { } pem ? ReadKey(files, IdentityFile, pem) : RsaKeyPair.Generate(fleetingBits ?? IdentityBits);
        return Store(files, Certify(identity, now, address, fleetingBits ?? SigningBits));
    }

    /// <summary>Frees the keys.</summary>
    public void Dispose()
    {
        _identity?.Dispose();
        Signing.Dispose();
    }

    /// <summary>The identity only.</summary>
    public override string ToString() => $"Authority {Identity}";

    private static AuthorityKeys Certify(RsaKeyPair identity, DateTimeOffset now, IPEndPoint? address, int signingBits = SigningBits)
    {
        var signing = RsaKeyPair.Generate(signingBits);
        return new AuthorityKeys(identity, signing, AuthorityCertificate.Create(identity, signing, now, now + CertificateLifetime, address));
    }

    private static AuthorityKeys Load(AuthorityFiles files, string text)
    {
        AuthorityCertificate certificate;
        try
        {
            certificate = AuthorityCertificate.Parse(System.Text.Encoding.UTF8.GetBytes(text));
        }
        catch (ProtocolException fault)
        {
            throw Damaged(files, CertificateFile, fault.Message);
        }

        var signing = ReadKey(files, SigningFile, files.Read(SigningFile) ?? throw Damaged(files, SigningFile, "it is missing"));
        if (!signing.Public.Equals(certificate.SigningKey))
        {
            throw Damaged(files, SigningFile, "the certificate is of another key");
        }

        // tor-gencert encrypts the identity key, and nothing but renewal needs it.
        var identity = files.Read(IdentityFile) is { } pem && !pem.Contains("ENCRYPTED", StringComparison.Ordinal) ? ReadKey(files, IdentityFile, pem) : null;
        return identity is null || identity.Public.Equals(certificate.IdentityKey)
            ? new AuthorityKeys(identity, signing, certificate)
            : throw Damaged(files, IdentityFile, "the certificate is of another key");
    }

    private static AuthorityKeys Store(AuthorityFiles files, AuthorityKeys keys)
    {
        files.Write(IdentityFile, keys._identity!.ToPkcs1Pem());
        files.Write(SigningFile, keys.Signing.ToPkcs1Pem());
        files.Write(CertificateFile, keys.Certificate.ToString());
        return keys;
    }

    private static RsaKeyPair ReadKey(AuthorityFiles files, string name, string pem)
    {
        try
        {
            return RsaKeyPair.FromPkcs1Pem(pem);
        }
        catch (TorException fault)
        {
            throw Damaged(files, name, fault.Message);
        }
    }

    private static TorException Damaged(AuthorityFiles files, string name, string why) =>
        new(TorErrorKind.Local, $"The authority's key file {files.PathOf(name)} is damaged: {why}. Restore it from a copy.") { Cause = TorCause.KeyUnusable };
}
