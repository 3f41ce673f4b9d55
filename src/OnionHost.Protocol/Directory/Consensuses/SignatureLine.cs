using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Directory.Consensuses;

/// <summary>Reads and writes <c>directory-signature</c> and <c>additional-signature</c> (dir-spec 3.4.1, 3.10).</summary>
internal static class SignatureLine
{
    private const string Label = "SIGNATURE";
    private const int Shortest = 128;
    private const int Longest = 512;

    /// <summary>Reads the identity and the key digest from the argument <paramref name="first"/> on, and the signature.</summary>
    public static DirectorySignature Read(DocumentItem item, string algorithm, int first)
    {
        var signature = item.ObjectBytes(Label);
        return signature.Length is >= Shortest and <= Longest
            ? new DirectorySignature(algorithm, RelayFingerprint.Parse(item.Argument(first)), Digest160.Parse(item.Argument(first + 1)), signature)
            : throw item.Fault($"needs a signature of {Shortest} to {Longest} bytes");
    }

    /// <summary>Writes the line, with <paramref name="prefix"/> between the keyword and the identity.</summary>
    public static void Write(DocumentWriter writer, string keyword, DirectorySignature signature, params ReadOnlySpan<string> prefix)
    {
        string[] arguments = [.. prefix, signature.Identity.ToString(), signature.SigningKeyDigest.ToString()];
        writer.Line(keyword, arguments).Object(Label, signature.Signature.Span);
    }
}
