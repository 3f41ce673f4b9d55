using System.Security.Cryptography;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Directory.Voting;

/// <summary>Signs a computed consensus, and puts text and signatures together (dir-spec 3.4.1, 3.9.2).</summary>
public static class ConsensusSigner
{
    private const string Keyword = "directory-signature";

    /// <summary>What is signed: SHA-1 (20 bytes) for the ns flavour, SHA-256 (32 bytes) for the microdescriptor flavour.</summary>
    /// <param name="text">The consensus up to its first signature.</param>
    /// <param name="flavor">Which document it is.</param>
    public static byte[] Digest(string text, ConsensusFlavor flavor)
    {
        var covered = System.Text.Encoding.UTF8.GetBytes(text + Keyword + " ");
        return flavor == ConsensusFlavor.Ns ? SHA1.HashData(covered) : SHA256.HashData(covered);
    }

    /// <summary>Signs a consensus.</summary>
    /// <param name="text">The consensus up to its first signature.</param>
    /// <param name="flavor">Which document it is.</param>
    /// <param name="identity">The authority's v3 identity.</param>
    /// <param name="signingKey">Its signing key.</param>
    public static DirectorySignature Sign(string text, ConsensusFlavor flavor, RelayFingerprint identity, RsaKeyPair signingKey)
    {
        ArgumentNullException.ThrowIfNull(signingKey);
        return new DirectorySignature(
            Algorithm(flavor), identity, new Digest160(signingKey.Public.Fingerprint.Span), signingKey.SignRaw(Digest(text, flavor)));
    }

    /// <summary>The whole document: the text with the signatures under it, ordered by identity.</summary>
    public static string Attach(string text, ConsensusFlavor flavor, IEnumerable<DirectorySignature> signatures)
    {
        var writer = new DocumentWriter().Raw(text);
        foreach (var signature in signatures.OrderBy(s => s.Identity))
        {
            SignatureLine.Write(writer, Keyword, signature, flavor == ConsensusFlavor.Ns ? [] : [Algorithm(flavor)]);
        }

        return writer.ToString();
    }

    internal static string Algorithm(ConsensusFlavor flavor) => flavor == ConsensusFlavor.Ns ? "sha1" : "sha256";
}
