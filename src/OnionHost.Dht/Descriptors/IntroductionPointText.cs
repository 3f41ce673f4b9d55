using System.Collections.Immutable;
using OnionHost.Protocol;
using OnionHost.Protocol.Certificates;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;

namespace OnionHost.Dht.Descriptors;

/// <summary>The lines of one introduction point (rend-spec-v3 2.5.2.2).</summary>
internal static class IntroductionPointText
{
    /// <summary>The line that begins a point.</summary>
    public const string FirstKeyword = "introduction-point";

    private const int MaxSpecifierBytes = 1 + (255 * 257);
    private const string CertificateLabel = "ED25519 CERT";

    /// <summary>Writes a point; both of its keys are certified by the descriptor's signing key.</summary>
    public static void Write(DocumentWriter writer, IntroductionPointInfo point, IEd25519Signer signing, DateTimeOffset expiration)
    {
        var authKey = Ed25519Certificate.Create(Ed25519CertificateType.OnionIntroAuth, point.AuthKey, expiration, signing);
        var encryptionKey = Ed25519Certificate.Create(
            Ed25519CertificateType.OnionIntroEncryption, Ed25519Conversion.FromCurve25519(point.EncryptionKey, 0), expiration, signing);
        writer.Line(FirstKeyword, FormatSpecifiers(point.Specifiers))
            .Line("onion-key", "ntor", Convert.ToBase64String(point.OnionKey.Span))
            .Line("auth-key")
            .Object(CertificateLabel, authKey.Bytes.Span)
            .Line("enc-key", "ntor", Convert.ToBase64String(point.EncryptionKey.Span))
            .Line("enc-key-cert")
            .Object(CertificateLabel, encryptionKey.Bytes.Span);
    }

    /// <summary>Reads a point and checks both certificates.</summary>
    /// <exception cref="ProtocolException">It is malformed, or a certificate is of another type, of the past or badly signed.</exception>
    public static IntroductionPointInfo Read(DocumentSection section, in Ed25519Identity signingKey, DateTimeOffset now)
    {
        var authKey = Certified(section.One("auth-key"), Ed25519CertificateType.OnionIntroAuth, signingKey, now);
        var encryptionKey = NtorKey(section, "enc-key");
        var certificate = section.One("enc-key-cert");
        if (Certified(certificate, Ed25519CertificateType.OnionIntroEncryption, signingKey, now) != Ed25519Conversion.FromCurve25519(encryptionKey, 0))
        {
            throw certificate.Fault("certifies another key");
        }

        return new IntroductionPointInfo(
            ReadSpecifiers(section.First(FirstKeyword)), NtorKey(section, "onion-key"), authKey, encryptionKey);
    }

    private static string FormatSpecifiers(ImmutableArray<LinkSpecifier> specifiers)
    {
        Span<byte> bytes = stackalloc byte[1 + specifiers.Sum(specifier => 2 + specifier.Data.Length)];
        var writer = new SpanWriter(bytes);
        LinkSpecifiers.Write(ref writer, specifiers);
        return Convert.ToBase64String(writer.Written);
    }

    private static ImmutableArray<LinkSpecifier> ReadSpecifiers(DocumentItem line)
    {
        var text = line.Argument(0);
        var bytes = new byte[Math.Min(text.Length, MaxSpecifierBytes)];
        if (!Convert.TryFromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='), bytes, out var count))
        {
            throw line.Fault("needs link specifiers in base64");
        }

        var reader = new SpanReader(bytes.AsSpan(0, count));
        var specifiers = LinkSpecifiers.Read(ref reader);
        reader.ExpectEnd("A list of link specifiers");
        return LinkSpecifiers.Fingerprint(specifiers) is not null && LinkSpecifiers.EndPoints(specifiers).Count > 0
            ? specifiers
            : throw line.Fault("needs a fingerprint and an address");
    }

    /// <summary>The key of a line <c>keyword ntor BASE64</c>; lines for other handshakes may stand beside it.</summary>
    private static Curve25519PublicKey NtorKey(DocumentSection section, string keyword)
    {
        foreach (var line in section.Many(keyword))
        {
            if (line.Argument(0) == "ntor")
            {
                return Curve25519PublicKey.Parse(line.Argument(1));
            }
        }

        throw new ProtocolException($"An introduction point has no line '{keyword} ntor'.");
    }

    private static Ed25519Identity Certified(DocumentItem line, Ed25519CertificateType type, in Ed25519Identity signer, DateTimeOffset now)
    {
        var certificate = Ed25519Certificate.Parse(line.ObjectBytes(CertificateLabel).Span);
        return certificate.Type == type && certificate.SigningKey == signer && certificate.Verify(signer, now)
            ? certificate.CertifiedKey
            : throw line.Fault("has a certificate of another type, of the past, or badly signed");
    }
}
