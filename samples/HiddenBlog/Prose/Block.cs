namespace HiddenBlog.Prose;

/// <summary>What a block of text is.</summary>
internal enum BlockKind
{
    Paragraph,
    Heading,
    Quote,
    List,
    Code,
}

/// <summary>A block of a text: one line for paragraphs, headings, quotes and code, one per item for lists.</summary>
internal sealed record Block(BlockKind Kind, IReadOnlyList<string> Lines);
