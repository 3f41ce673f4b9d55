namespace OnionHost.Protocol.Directory.Consensuses.Diffs;

/// <summary>A document as its lines, which are parts of it: nothing is copied.</summary>
internal static class DocumentLines
{
    private const int LongestLine = 1 << 20;

    /// <summary>Cuts a document into its lines, without their newlines.</summary>
    /// <exception cref="ProtocolException">The last line has no end, or one is longer than 1 MiB.</exception>
    public static List<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> document)
    {
        var lines = new List<ReadOnlyMemory<byte>>();
        while (!document.IsEmpty)
        {
            var end = document.Span.IndexOf((byte)'\n');
            if (end is < 0 or > LongestLine)
            {
                throw new ProtocolException("A document of lines ends within a line, or has one that is too long.");
            }

            lines.Add(document[..end]);
            document = document[(end + 1)..];
        }

        return lines;
    }
}
