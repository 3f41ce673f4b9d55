using OnionHost.Protocol;
using OnionHost.Protocol.Certificates;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Identities;

namespace OnionHost.Dht.Descriptors;

/// <summary>
/// The outermost layer, all that a directory sees (rend-spec-v3 2.4): which blinded key, which revision, and an encrypted blob.
/// Reading one checks its certificate and signature.
/// </summary>
internal sealed record OuterDescriptor
{
    /// <summary>What the signature covers begins with this.</summary>
    internal const string SignaturePrefix = "Tor onion service descriptor sig v3";

    private OuterDescriptor()
    {
    }

    /// <summary>Under which directories keep it.</summary>
    public required BlindedKey Key { get; init; }

    /// <summary>The key that signed it, certified by <see cref="Key"/>.</summary>
    public required Ed25519Identity SigningKey { get; init; }

    /// <summary>Later descriptors of the same key have larger ones.</summary>
    public required ulong Revision { get; init; }

    /// <summary>How long directories keep it, 30 minutes to 12 hours.</summary>
    public required TimeSpan Lifetime { get; init; }

    /// <summary>The encrypted middle layer.</summary>
    public required ReadOnlyMemory<byte> Encrypted { get; init; }

    /// <summary>Reads and verifies a descriptor.</summary>
    /// <param name="text">The whole document, at most 50000 bytes.</param>
    /// <param name="now">For the certificate's expiration.</param>
    /// <exception cref="ProtocolException">It is malformed, too long, expired or badly signed.</exception>
    public static OuterDescriptor Read(ReadOnlyMemory<byte> text, DateTimeOffset now)
    {
        if (text.Length > DescriptorLimits.MaxSize)
        {
            throw new ProtocolException($"An onion descriptor has at most {DescriptorLimits.MaxSize} bytes, got {text.Length}.");
        }

        var section = DocumentSection.ReadAll("onion descriptor", new DocumentReader(text));
        section.First("hs-descriptor").Number(0, 3, 3);
        var certificate = SigningCertificate(section.One("descriptor-signing-key-cert"), now);
        var signature = section.Last("signature");
        VerifySignature(text.Span[..signature.Start], signature, certificate.CertifiedKey);
        return new OuterDescriptor
        {
            Key = new BlindedKey(certificate.SigningKey!.Value.Span),
            SigningKey = certificate.CertifiedKey,
            Revision = Revision64(section.One("revision-counter")),
            Lifetime = TimeSpan.FromMinutes(section.One("descriptor-lifetime").Number(
                0, (long)DescriptorLimits.ShortestLifetime.TotalMinutes, (long)DescriptorLimits.LongestLifetime.TotalMinutes)),
            Encrypted = section.One("superencrypted").ObjectBytes("MESSAGE"),
        };
    }

    private static Ed25519Certificate SigningCertificate(DocumentItem line, DateTimeOffset now)
    {
        var certificate = Ed25519Certificate.Parse(line.ObjectBytes("ED25519 CERT").Span);
        return certificate.Type == Ed25519CertificateType.OnionDescriptorSigning && certificate.VerifySelfContained(now)
            ? certificate
            : throw line.Fault("has a certificate of another type, of the past, or badly signed");
    }

    private static void VerifySignature(ReadOnlySpan<byte> signed, DocumentItem line, in Ed25519Identity key)
    {
        Span<byte> signature = stackalloc byte[Ed25519.SignatureSize];
        byte[] message = [.. System.Text.Encoding.ASCII.GetBytes(SignaturePrefix), .. signed];
        if (!Protocol.Encoding.Text.TryDecodeBase64(line.Argument(0), signature) || !Ed25519.Verify(key, message, signature))
        {
            throw line.Fault("has a wrong signature");
        }
    }

    private static ulong Revision64(DocumentItem line) =>
        ulong.TryParse(line.Argument(0), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var revision)
            ? revision
            : throw line.Fault("needs a number of 64 bits");
}
