using System.Security.Cryptography;
using OnionHost.Protocol.Certificates;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Directory;

/// <summary>
/// A relay's statistics (dir-spec 2.1.2), which its server descriptor refers to by digest. The Ed25519 signature was
/// verified when it was read; the RSA signature needs the descriptor: see <see cref="Matches"/>.
/// </summary>
public sealed class ExtraInfo
{
    /// <summary>The longest document, in bytes.</summary>
    public const int MaximumSize = 50_000;

    /// <summary>The keyword that opens each document, for <see cref="DocumentReader.Split"/>.</summary>
    public const string FirstKeyword = "extra-info";

    private readonly byte[] _bytes;
    private readonly ReadOnlyMemory<byte> _rsaSignature;

    private ExtraInfo(byte[] bytes, DocumentSection section)
    {
        _bytes = bytes;
        var first = section.First(FirstKeyword);
        var last = section.Last("router-signature");
        Nickname = Nickname.Parse(first.Argument(0));
        Fingerprint = RelayFingerprint.Parse(first.Argument(1));
        Published = section.One("published").Time(0);
        Identity = VerifyEd25519(bytes, section);
        _rsaSignature = last.ObjectBytes("SIGNATURE");
        Digest = new Digest160(SHA1.HashData(bytes.AsSpan(first.Start..last.LineEnd)));
        Digest256 = new Digest256(SHA256.HashData(bytes.AsSpan(first.Start..last.End)));
    }

    /// <summary>The relay's nickname.</summary>
    public Nickname Nickname { get; }

    /// <summary>The relay's RSA identity, 20 bytes.</summary>
    public RelayFingerprint Fingerprint { get; }

    /// <summary>The relay's Ed25519 identity.</summary>
    public Ed25519Identity Identity { get; }

    /// <summary>When it was made; the descriptor says the same.</summary>
    public DateTimeOffset Published { get; }

    /// <summary>SHA-1 over <c>extra-info</c> to <c>router-signature</c>, 20 bytes.</summary>
    public Digest160 Digest { get; }

    /// <summary>SHA-256 over the whole document with its signature, 32 bytes.</summary>
    public Digest256 Digest256 { get; }

    /// <summary>The document's bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>Reads one document and verifies its Ed25519 signature.</summary>
    /// <exception cref="ProtocolException">It is malformed or the signature is wrong.</exception>
    public static ExtraInfo Parse(ReadOnlySpan<byte> document)
    {
        if (document.Length > MaximumSize)
        {
            throw new ProtocolException($"An extra-info document is longer than {MaximumSize} bytes.");
        }

        var bytes = document.ToArray();
        return new ExtraInfo(bytes, DocumentSection.ReadAll("extra-info document", new DocumentReader(bytes)));
    }

    /// <summary>True if it belongs to the descriptor: same relay, same time, named by digest, and signed with its RSA identity.</summary>
    public bool Matches(ServerDescriptor descriptor)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        return descriptor.ExtraInfoDigest == Digest
            && (descriptor.ExtraInfoDigest256 is not { } digest256 || digest256 == Digest256)
            && descriptor.Fingerprint == Fingerprint
            && descriptor.Identity == Identity
            && descriptor.Nickname == Nickname
            && descriptor.Published == Published
            && descriptor.IdentityKey.VerifyRaw(_rsaSignature.Span, Digest.Span);
    }

    /// <summary>The document's text.</summary>
    public override string ToString() => System.Text.Encoding.UTF8.GetString(_bytes);

    private static Ed25519Identity VerifyEd25519(byte[] bytes, DocumentSection section)
    {
        var item = section.One("identity-ed25519");
        var signatureItem = section.One("router-sig-ed25519");
        if (section.Items[1] != item || section.Items[^2] != signatureItem)
        {
            throw new ProtocolException("The Ed25519 certificate or signature of an extra-info document is in the wrong position.");
        }

        var certificate = Ed25519Certificate.Parse(item.ObjectBytes("ED25519 CERT").Span);
        var signature = new byte[64];
        var signed = bytes.AsSpan(..Math.Min(signatureItem.KeywordEnd + 1, bytes.Length));
        return certificate.Type == Ed25519CertificateType.SigningKey
            && certificate.SigningKey is { } master
            && certificate.VerifySignature(master)
            && Text.TryDecodeBase64(signatureItem.Argument(0), signature)
            && Ed25519.Verify(certificate.CertifiedKey, ServerDescriptorSignatures.Ed25519Digest(signed), signature)
                ? master
                : throw new ProtocolException("The Ed25519 signature of an extra-info document is wrong.");
    }
}
