using System.Text;
using OnionHost.Protocol;
using OnionHost.Protocol.Directory;

namespace OnionHost.Cli.Inspection;

/// <summary>Finds out what kind of document a file holds, and explains each document in it.</summary>
internal static class DocumentInspector
{
    private const int Beginning = 4096;

    /// <summary>Explains every document of a file.</summary>
    /// <exception cref="ProtocolException">One is malformed or its own signature is wrong.</exception>
    /// <exception cref="ToolException">It is no document that Tor knows.</exception>
    public static IEnumerable<DocumentReport> Inspect(ReadOnlyMemory<byte> file, InspectionContext context)
    {
        var text = WithoutAnnotations(file);
        return FirstWord(text) switch
        {
            ServerDescriptor.FirstKeyword => Each(text, ServerDescriptor.FirstKeyword, RelayDocuments.Descriptor),
            ExtraInfo.FirstKeyword => Each(text, ExtraInfo.FirstKeyword, RelayDocuments.Extra),
            Microdescriptor.FirstKeyword => Each(text, Microdescriptor.FirstKeyword, RelayDocuments.Micro),
            AuthorityCertificate.FirstKeyword => Each(text, AuthorityCertificate.FirstKeyword, part => StatusDocuments.Certificate(part, context)),
            "network-status-version" when IsVote(text) => Each(text, "network-status-version", part => StatusDocuments.Vote(part, context)),
            "network-status-version" => [StatusDocuments.Consensus(text, context)],
            "hs-descriptor" => [OnionDocuments.Descriptor(text, context)],
            "-----BEGIN" or "==" => [CertificateDocuments.Certificate(text, context)],
            _ => CertificateDocuments.TryBinary(text, context) is { } report ? [report] : throw new ToolException(
                ExitCode.Invalid,
                "This is no document that Tor knows. A server descriptor, extra-info document, microdescriptor, vote, consensus, authority's certificate, "
                + "onion service's descriptor or Ed25519 certificate is expected."),
        };
    }

    private static IEnumerable<DocumentReport> Each(ReadOnlyMemory<byte> text, string keyword, Func<ReadOnlyMemory<byte>, DocumentReport> explain) =>
        DocumentReader.Split(text, keyword).Select(explain);

    private static bool IsVote(ReadOnlyMemory<byte> text) =>
        Encoding.Latin1.GetString(text.Span[..Math.Min(text.Length, Beginning)]).Contains("\nvote-status vote", StringComparison.Ordinal);

    private static string FirstWord(ReadOnlyMemory<byte> text)
    {
        var line = text.Span[..Math.Min(text.Length, Beginning)];
        var end = line.IndexOfAny((byte)' ', (byte)'\n');
        return Encoding.Latin1.GetString(end < 0 ? line : line[..end]);
    }

    // Caches and archives put lines that begin with @ before a document.
    private static ReadOnlyMemory<byte> WithoutAnnotations(ReadOnlyMemory<byte> file)
    {
        while (file.Length > 0 && file.Span[0] == (byte)'@' && file.Span.IndexOf((byte)'\n') is var end and >= 0)
        {
            file = file[(end + 1)..];
        }

        return file;
    }
}
