namespace OnionHost.Protocol.Directory.Consensuses;

/// <summary>The three parts of a vote or a consensus (dir-spec 3.4.1): header, one part for each relay, footer with signatures.</summary>
internal sealed class StatusDocument
{
    private const int MaximumDocument = 64 * 1024 * 1024;
    private const int MaximumRelays = 100_000;
    private const string SignatureKeyword = "directory-signature";

    private StatusDocument(ReadOnlyMemory<byte> document, DocumentSection header, List<IReadOnlyList<DocumentItem>> relays, DocumentSection footer)
    {
        Document = document;
        Header = header;
        Relays = relays;
        Footer = footer;
        _ = header.First("network-status-version");
        Signatures = footer.Many(SignatureKeyword);
        if (Signatures.Count == 0)
        {
            throw new ProtocolException("A network status has no signature.");
        }

        if (footer.Items[^1].Keyword != SignatureKeyword)
        {
            throw new ProtocolException("A network status goes on after its signatures.");
        }
    }

    /// <summary>All bytes.</summary>
    public ReadOnlyMemory<byte> Document { get; }

    /// <summary>What stands before the first relay.</summary>
    public DocumentSection Header { get; }

    /// <summary>The lines of each relay, the first being <c>r</c>.</summary>
    public IReadOnlyList<IReadOnlyList<DocumentItem>> Relays { get; }

    /// <summary>From <c>directory-footer</c> on.</summary>
    public DocumentSection Footer { get; }

    /// <summary>The signature lines, at least one.</summary>
    public IReadOnlyList<DocumentItem> Signatures { get; }

    /// <summary>The bytes that are signed: up to and including the space after the first <c>directory-signature</c>.</summary>
    public ReadOnlyMemory<byte> SignedPart => Document[Header.Items[0].Start..(Signatures[0].KeywordEnd + 1)];

    /// <summary>Cuts a document in its parts.</summary>
    /// <exception cref="ProtocolException">It is malformed.</exception>
    public static StatusDocument Read(ReadOnlyMemory<byte> document)
    {
        if (document.Length > MaximumDocument)
        {
            throw new ProtocolException($"A network status is longer than {MaximumDocument} bytes.");
        }

        var (header, footer) = (new List<DocumentItem>(), new List<DocumentItem>());
        var relays = new List<IReadOnlyList<DocumentItem>>();
        var current = header;
        var reader = new DocumentReader(document);
        while (reader.Read() is { } item)
        {
            if (item.Keyword == "directory-footer")
            {
                current = footer;
            }
            else if (item.Keyword == "r" && current != footer)
            {
                relays.Add(current = []);
                if (relays.Count > MaximumRelays)
                {
                    throw new ProtocolException($"A network status lists more than {MaximumRelays} relays.");
                }
            }

            current.Add(item);
        }

        if (header.Count == 0 || footer.Count == 0)
        {
            throw new ProtocolException("A network status has no header or no footer.");
        }

        return new StatusDocument(document, new DocumentSection("network status", header), relays, new DocumentSection("network status footer", footer));
    }

    /// <summary>Reads the signature lines.</summary>
    public List<DirectorySignature> ReadSignatures() => [.. Signatures.Select(ReadSignature)];

    private static DirectorySignature ReadSignature(DocumentItem item)
    {
        var offset = item.Arguments.Length > 2 ? 1 : 0;
        return SignatureLine.Read(item, offset == 0 ? "sha1" : item.Argument(0), offset);
    }
}
