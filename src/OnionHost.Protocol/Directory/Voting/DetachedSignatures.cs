using System.Collections.Immutable;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Directory.Voting;

/// <summary>Signatures under both flavours of a consensus without the consensus, as authorities exchange them (dir-spec 3.10).</summary>
public sealed record DetachedSignatures
{
    /// <summary>The longest document, in bytes.</summary>
    public const int MaximumSize = 1024 * 1024;

    private const string Flavor = "microdesc";
    private const string Algorithm = "sha256";

    /// <summary>SHA-1 of the ns flavour, 20 bytes.</summary>
    public required Digest160 Digest { get; init; }

    /// <summary>SHA-256 of the microdescriptor flavour, 32 bytes; null if the document does not tell.</summary>
    public Digest256? MicrodescDigest { get; init; }

    /// <summary>The consensus' valid-after.</summary>
    public required DateTimeOffset ValidAfter { get; init; }

    /// <summary>The consensus' fresh-until.</summary>
    public required DateTimeOffset FreshUntil { get; init; }

    /// <summary>The consensus' valid-until.</summary>
    public required DateTimeOffset ValidUntil { get; init; }

    /// <summary>Signatures under the ns flavour.</summary>
    public ImmutableArray<DirectorySignature> Signatures { get; init; } = [];

    /// <summary>Signatures under the microdescriptor flavour.</summary>
    public ImmutableArray<DirectorySignature> MicrodescSignatures { get; init; } = [];

    /// <summary>Reads the document; no signature is verified.</summary>
    /// <exception cref="ProtocolException">It breaks the format.</exception>
    public static DetachedSignatures Parse(ReadOnlyMemory<byte> document)
    {
        if (document.Length > MaximumSize)
        {
            throw new ProtocolException($"Detached signatures are longer than {MaximumSize} bytes.");
        }

        var section = DocumentSection.ReadAll("document of signatures", new DocumentReader(document));
        if (section.Items.Length == 0)
        {
            throw new ProtocolException("A document of signatures is empty.");
        }

        var additional = section.Many("additional-digest").FirstOrDefault(IsMicrodesc);
        return new DetachedSignatures
        {
            Digest = Digest160.Parse(section.First("consensus-digest").Argument(0)),
            MicrodescDigest = additional is null ? null : ReadDigest(additional),
            ValidAfter = section.One("valid-after").Time(0),
            FreshUntil = section.One("fresh-until").Time(0),
            ValidUntil = section.One("valid-until").Time(0),
            MicrodescSignatures = [.. section.Many("additional-signature").Where(IsMicrodesc).Select(i => SignatureLine.Read(i, Algorithm, 2))],
            Signatures = [.. section.Many("directory-signature").Select(i => SignatureLine.Read(i, "sha1", 0))],
        };
    }

    /// <summary>Reads the document; no signature is verified.</summary>
    /// <exception cref="ProtocolException">It breaks the format.</exception>
    public static DetachedSignatures Parse(string text) => Parse(System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>The document.</summary>
    public override string ToString()
    {
        var writer = new DocumentWriter()
            .Line("consensus-digest", Digest.ToString())
            .Line("valid-after", DocumentTime.Format(ValidAfter))
            .Line("fresh-until", DocumentTime.Format(FreshUntil))
            .Line("valid-until", DocumentTime.Format(ValidUntil));
        if (MicrodescDigest is { } digest)
        {
            writer.Line("additional-digest", Flavor, Algorithm, Text.EncodeHex(digest.Span));
        }

        foreach (var signature in MicrodescSignatures)
        {
            SignatureLine.Write(writer, "additional-signature", signature, Flavor, Algorithm);
        }

        foreach (var signature in Signatures)
        {
            SignatureLine.Write(writer, "directory-signature", signature);
        }

        return writer.ToString();
    }

    private static bool IsMicrodesc(DocumentItem item) => item.Argument(0) == Flavor && item.Argument(1) == Algorithm;

    private static Digest256 ReadDigest(DocumentItem item)
    {
        Span<byte> digest = stackalloc byte[Digest256.Size];
        return Text.TryDecodeHex(item.Argument(2), digest) ? new Digest256(digest) : throw item.Fault("needs 64 hexadecimal digits");
    }
}
