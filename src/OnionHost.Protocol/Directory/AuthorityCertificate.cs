using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Directory;

/// <summary>
/// A directory authority's certificate (dir-spec 3.1): its long-term identity vouches for the key that signs votes and
/// consensuses. Every instance was verified.
/// </summary>
public sealed class AuthorityCertificate
{
    /// <summary>The longest document, in bytes.</summary>
    public const int MaximumSize = 32 * 1024;

    /// <summary>The keyword that opens each certificate, for <see cref="DocumentReader.Split"/>.</summary>
    public const string FirstKeyword = "dir-key-certificate-version";

    /// <summary>The keyword that closes each certificate.</summary>
    public const string LastKeyword = "dir-key-certification";

    private readonly byte[] _bytes;

    private AuthorityCertificate(byte[] bytes, DocumentSection section)
    {
        _bytes = bytes;
        section.First(FirstKeyword).Number(0, 3, 3);
        Address = section.Optional("dir-address")?.EndPoint(0);
        Published = section.One("dir-key-published").Time(0);
        Expires = section.One("dir-key-expires").Time(0);
        IdentityKey = RsaPublicKey.FromPkcs1(section.One("dir-identity-key").ObjectBytes("RSA PUBLIC KEY").Span);
        SigningKey = RsaPublicKey.FromPkcs1(section.One("dir-signing-key").ObjectBytes("RSA PUBLIC KEY").Span);
        Identity = RelayFingerprint.Parse(section.One("fingerprint").Argument(0));
        if (Identity != IdentityKey.Fingerprint)
        {
            throw new ProtocolException("An authority certificate's fingerprint is not that of its identity key.");
        }
    }

    /// <summary>SHA-1 of the identity key, 20 bytes: the authority's v3 identity.</summary>
    public RelayFingerprint Identity { get; }

    /// <summary>The long-term key.</summary>
    public RsaPublicKey IdentityKey { get; }

    /// <summary>The key that signs votes and consensuses.</summary>
    public RsaPublicKey SigningKey { get; }

    /// <summary>SHA-1 of the signing key, 20 bytes: what signature lines name.</summary>
    public Digest160 SigningKeyDigest => new(SigningKey.Fingerprint.Span);

    /// <summary>When it was made.</summary>
    public DateTimeOffset Published { get; }

    /// <summary>Until when the signing key may be used.</summary>
    public DateTimeOffset Expires { get; }

    /// <summary>Where the authority serves its directory; null if it does not say.</summary>
    public IPEndPoint? Address { get; }

    /// <summary>The document's bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>True if signatures by the signing key count at that time.</summary>
    public bool IsLive(DateTimeOffset now) => now < Expires;

    /// <summary>The document's text.</summary>
    public override string ToString() => System.Text.Encoding.UTF8.GetString(_bytes);

    /// <summary>Reads and verifies one certificate.</summary>
    /// <exception cref="ProtocolException">It is malformed or a signature is wrong.</exception>
    public static AuthorityCertificate Parse(ReadOnlySpan<byte> document)
    {
        if (document.Length > MaximumSize)
        {
            throw new ProtocolException($"An authority certificate is longer than {MaximumSize} bytes.");
        }

        var bytes = document.ToArray();
        var section = DocumentSection.ReadAll("authority certificate", new DocumentReader(bytes));
        var certificate = new AuthorityCertificate(bytes, section);
        certificate.Verify(section);
        return certificate;
    }

    /// <summary>Makes and signs a certificate.</summary>
    /// <param name="identity">The long-term key.</param>
    /// <param name="signing">The key that it vouches for.</param>
    /// <param name="published">Now.</param>
    /// <param name="expires">Until when the signing key may be used.</param>
    /// <param name="address">Where the authority serves its directory over plain HTTP.</param>
    public static AuthorityCertificate Create(
        RsaKeyPair identity, RsaKeyPair signing, DateTimeOffset published, DateTimeOffset expires, IPEndPoint? address = null)
    {
        ArgumentNullException.ThrowIfNull(identity);
        ArgumentNullException.ThrowIfNull(signing);
        var writer = new DocumentWriter().Line(FirstKeyword, 3.ToString(CultureInfo.InvariantCulture));
        if (address is not null)
        {
            writer.Line("dir-address", address.ToString());
        }

        writer.Line("fingerprint", identity.Public.Fingerprint.ToString())
            .Line("dir-key-published", DocumentTime.Format(published))
            .Line("dir-key-expires", DocumentTime.Format(expires))
            .Line("dir-identity-key").Object("RSA PUBLIC KEY", identity.Public.Pkcs1.Span)
            .Line("dir-signing-key").Object("RSA PUBLIC KEY", signing.Public.Pkcs1.Span)
            .Line("dir-key-crosscert").Object("ID SIGNATURE", signing.SignRaw(identity.Public.Fingerprint.Span))
            .Line(LastKeyword);
        writer.Object("SIGNATURE", identity.SignRaw(SHA1.HashData(writer.ToBytes())));
        return Parse(writer.ToBytes());
    }

    private void Verify(DocumentSection section)
    {
        var crosscert = section.One("dir-key-crosscert").Object;
        if (crosscert?.Label is not ("ID SIGNATURE" or "SIGNATURE")
            || !SigningKey.VerifyRaw(crosscert.Data.Span, IdentityKey.Fingerprint.Span))
        {
            throw new ProtocolException("An authority certificate is not signed by its own signing key.");
        }

        var last = section.Last(LastKeyword);
        var start = section.First(FirstKeyword).Start;
        var digest = SHA1.HashData(_bytes.AsSpan(start..last.LineEnd));
        if (!IdentityKey.VerifyRaw(last.ObjectBytes("SIGNATURE").Span, digest))
        {
            throw new ProtocolException("An authority certificate is not signed by its identity key.");
        }
    }
}
