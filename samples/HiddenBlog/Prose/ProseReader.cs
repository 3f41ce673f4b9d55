namespace HiddenBlog.Prose;

/// <summary>
/// Reads the few marks that posts may use: <c>## heading</c>, <c>> quote</c>, <c>- item</c>, three backquotes around code, and in a
/// line <c>*emphasis*</c>, <c>**strong**</c> and <c>`code`</c>. It gives structure, never markup: what is shown is always encoded.
/// </summary>
internal static class ProseReader
{
    private const string Fence = "```";

    private static readonly (string Mark, SpanKind Kind)[] Marks = [("**", SpanKind.Strong), ("*", SpanKind.Emphasis), ("`", SpanKind.Code)];

    public static IReadOnlyList<Block> Blocks(string text)
    {
        List<Block> blocks = [];
        List<string> code = [];
        var inCode = false;
        foreach (var raw in text.ReplaceLineEndings("\n").Split('\n'))
        {
            if (raw.Trim() == Fence)
            {
                AddCode(blocks, code);
                inCode = !inCode;
            }
            else if (inCode)
            {
                code.Add(raw);
            }
            else
            {
                AddLine(blocks, raw.Trim());
            }
        }

        AddCode(blocks, code);
        return [.. blocks.Where(block => block.Lines.Count > 0)];
    }

    public static IReadOnlyList<Span> Spans(string line)
    {
        List<Span> spans = [];
        var plain = 0;
        for (var i = 0; i < line.Length; i++)
        {
            if (MarkAt(line, i) is not { } found)
            {
                continue;
            }

            Add(spans, SpanKind.Plain, line[plain..i]);
            Add(spans, found.Kind, found.Text);
            i += found.Length - 1;
            plain = i + 1;
        }

        Add(spans, SpanKind.Plain, line[plain..]);
        return spans;
    }

    /// <summary>The beginning of a text, without marks, cut at a word: at most <paramref name="length"/> characters.</summary>
    public static string Excerpt(string text, int length)
    {
        var first = Blocks(text).FirstOrDefault(block => block.Kind == BlockKind.Paragraph)?.Lines[0] ?? "";
        var plain = string.Concat(Spans(first).Select(span => span.Text));
        if (plain.Length <= length)
        {
            return plain;
        }

        var cut = plain.LastIndexOf(' ', length);
        return plain[..(cut > 0 ? cut : length)].TrimEnd(',', ';', ':', '.', ' ') + " …";
    }

    // An empty block ends the one before it: lines that follow each other belong together.
    private static void AddLine(List<Block> blocks, string line)
    {
        var (kind, text) = line switch
        {
            ['#', ..] => (BlockKind.Heading, line.TrimStart('#').Trim()),
            ['>', ..] => (BlockKind.Quote, line[1..].Trim()),
            ['-', ' ', ..] => (BlockKind.List, line[2..].Trim()),
            _ => (BlockKind.Paragraph, line),
        };
        var last = blocks.Count > 0 ? blocks[^1] : null;
        if (text.Length == 0)
        {
            blocks.Add(new Block(BlockKind.Paragraph, []));
        }
        else if (last?.Kind != kind || last.Lines.Count == 0 || kind == BlockKind.Heading)
        {
            blocks.Add(new Block(kind, [text]));
        }
        else
        {
            blocks[^1] = new Block(kind, kind == BlockKind.List ? [.. last.Lines, text] : [last.Lines[0] + " " + text]);
        }
    }

    private static void AddCode(List<Block> blocks, List<string> code)
    {
        if (code.Count > 0)
        {
            blocks.Add(new Block(BlockKind.Code, [string.Join('\n', code)]));
            code.Clear();
        }
    }

    private static (SpanKind Kind, string Text, int Length)? MarkAt(string line, int at)
    {
        foreach (var (mark, kind) in Marks)
        {
            if (string.CompareOrdinal(line, at, mark, 0, mark.Length) != 0)
            {
                continue;
            }

            var begin = at + mark.Length;
            var end = begin < line.Length ? line.IndexOf(mark, begin, StringComparison.Ordinal) : -1;
            if (end > begin && line[begin] != ' ' && line[end - 1] != ' ')
            {
                return (kind, line[begin..end], end + mark.Length - at);
            }
        }

        return null;
    }

    private static void Add(List<Span> spans, SpanKind kind, string text)
    {
        if (text.Length > 0)
        {
            spans.Add(new Span(kind, text));
        }
    }
}
