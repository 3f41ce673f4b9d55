namespace HiddenBlog.Prose;

/// <summary>How a stretch of text is set.</summary>
internal enum SpanKind
{
    Plain,
    Emphasis,
    Strong,
    Code,
}

/// <summary>A stretch of text; the page encodes it.</summary>
internal readonly record struct Span(SpanKind Kind, string Text);
