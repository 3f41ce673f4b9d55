using System.Text;
using OnionHost.Protocol;
using OnionHost.Protocol.Certificates;

namespace OnionHost.Cli.Inspection;

/// <summary>Explains Ed25519 certificates (cert-spec): as text, as C tor's key file, or as bytes.</summary>
internal static class CertificateDocuments
{
    private const string Begin = "-----BEGIN ED25519 CERT-----";
    private const string End = "-----END ED25519 CERT-----";
    private const int TagSize = 32;
    private const int MaxBytes = 1024;

    /// <summary>A certificate with a text or a tag before it.</summary>
    public static DocumentReport Certificate(ReadOnlyMemory<byte> file, InspectionContext context)
    {
        var text = Encoding.Latin1.GetString(file.Span[..Math.Min(file.Length, MaxBytes)]);
        if (text.StartsWith("== ed25519v1-cert", StringComparison.Ordinal) && file.Length > TagSize)
        {
            return Explain(file.Span[TagSize..], context);
        }

        var end = text.IndexOf(End, StringComparison.Ordinal);
        if (!text.StartsWith(Begin, StringComparison.Ordinal) || end < 0)
        {
            throw new ToolException(ExitCode.Invalid, "This holds a key or something else, but no Ed25519 certificate. Keys are nobody else's business, so they are not explained.");
        }

        try
        {
            return Explain(Convert.FromBase64String(text[Begin.Length..end]), context);
        }
        catch (FormatException fault)
        {
            throw new ProtocolException("The certificate is no base64: " + fault.Message);
        }
    }

    /// <summary>A certificate as bytes; null if it is none.</summary>
    public static DocumentReport? TryBinary(ReadOnlyMemory<byte> file, InspectionContext context)
    {
        try
        {
            return file.Length <= MaxBytes ? Explain(file.Span, context) : null;
        }
        catch (ProtocolException)
        {
            return null;
        }
    }

    private static DocumentReport Explain(ReadOnlySpan<byte> bytes, InspectionContext context)
    {
        var certificate = Ed25519Certificate.Parse(bytes);
        var report = new DocumentReport("Ed25519 certificate")
            .Say("type", $"{(byte)certificate.Type} {certificate.Type}")
            .Say("certifiedKey", certificate.CertifiedKey.ToString())
            .Say("keyType", certificate.KeyType)
            .Say("signingKey", certificate.SigningKey?.ToString())
            .Say("expires", certificate.Expiration.ToString("u"))
            .Check("valid now", context.Now <= certificate.Expiration);
        return certificate.SigningKey is { } key
            ? report.Check("signed by the key in it", certificate.VerifySignature(key))
            : report.Check("signature: the certificate does not hold the key that signed it", null);
    }
}
