using System.Text.Unicode;

namespace OnionHost.Protocol.Directory;

/// <summary>
/// Cuts a directory document into its items (dir-spec 1.2): lines <c>keyword SP arguments NL</c>, each with the object
/// that may follow it between <c>-----BEGIN X-----</c> and <c>-----END X-----</c>. Empty lines and a leading
/// <c>opt</c> are skipped. Every item knows its byte offsets, because signatures cover exact bytes.
/// </summary>
public sealed class DocumentReader
{
    /// <summary>The longest line, in bytes.</summary>
    public const int MaximumLine = 128 * 1024;

    /// <summary>The most arguments that a line may have.</summary>
    public const int MaximumArguments = 512;

    /// <summary>The longest object, in bytes of its base64 text.</summary>
    public const int MaximumObject = 256 * 1024;

    private const int MaximumKeywords = 256;

    private readonly ReadOnlyMemory<byte> _document;
    private readonly HashSet<string> _keywords = new(StringComparer.Ordinal);
    private DocumentItem? _peeked;
    private int _position;

    /// <summary>Starts at the first byte of a document; the bytes must not change while its items are in use.</summary>
    /// <exception cref="ProtocolException">It is not UTF-8, starts with a byte order mark or contains a NUL.</exception>
    public DocumentReader(ReadOnlyMemory<byte> document)
    {
        var bytes = document.Span;
        if (!Utf8.IsValid(bytes) || bytes.StartsWith("\uFEFF"u8) || bytes.Contains((byte)0))
        {
            throw new ProtocolException("A directory document must be UTF-8 without byte order mark and NUL.");
        }

        _document = document;
    }

    /// <summary>Starts at the first character; all offsets are those of the UTF-8 bytes.</summary>
    /// <exception cref="ProtocolException">It contains a byte order mark or a NUL.</exception>
    public DocumentReader(string document)
        : this(System.Text.Encoding.UTF8.GetBytes(document))
    {
    }

    /// <summary>The whole document, as bytes.</summary>
    public ReadOnlyMemory<byte> Document => _document;

    /// <summary>All items that are left.</summary>
    /// <exception cref="ProtocolException">The document is malformed.</exception>
    public IReadOnlyList<DocumentItem> ReadToEnd()
    {
        var items = new List<DocumentItem>();
        while (Read() is { } item)
        {
            items.Add(item);
        }

        return items;
    }

    /// <summary>The next item, which stays the next; null at the end.</summary>
    /// <exception cref="ProtocolException">The document is malformed.</exception>
    public DocumentItem? Peek() => _peeked ??= ReadItem();

    /// <summary>The next item; null at the end.</summary>
    /// <exception cref="ProtocolException">The document is malformed.</exception>
    public DocumentItem? Read()
    {
        var item = Peek();
        _peeked = null;
        return item;
    }

    /// <summary>
    /// Cuts a body with several documents at the lines that begin with <paramref name="firstKeyword"/>, the one that
    /// opens each document. What stands before the first is dropped. Nothing is checked, so that one
    /// malformed document does not spoil its neighbours.
    /// </summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> body, string firstKeyword)
    {
        var keyword = System.Text.Encoding.ASCII.GetBytes(firstKeyword);
        var parts = new List<ReadOnlyMemory<byte>>();
        var (start, position) = (-1, 0);
        while (position < body.Length)
        {
            var line = body.Span[position..];
            if (line.StartsWith(keyword) && (line.Length == keyword.Length || line[keyword.Length] is (byte)' ' or (byte)'\t' or (byte)'\n'))
            {
                if (start >= 0)
                {
                    parts.Add(body[start..position]);
                }

                start = position;
            }

            var end = line.IndexOf((byte)'\n');
            position = end < 0 ? body.Length : position + end + 1;
        }

        if (start >= 0)
        {
            parts.Add(body[start..]);
        }

        return parts;
    }

    private DocumentItem? ReadItem()
    {
        SkipEmptyLines();
        if (_position == _document.Length)
        {
            return null;
        }

        var start = _position;
        var line = ReadLine();
        var keywordStart = start;
        if (line.StartsWith("opt "u8))
        {
            line = line[4..].TrimStart(" \t"u8);
            keywordStart = _position - 1 - line.Length;
        }

        var length = line.IndexOfAny((byte)' ', (byte)'\t');
        length = length < 0 ? line.Length : length;
        if (length == 0 || line.StartsWith("-----"u8))
        {
            throw new ProtocolException("A line of a directory document has no keyword.");
        }

        var keyword = Keyword(line[..length]);
        var (keywordEnd, lineEnd) = (keywordStart + length, _position);
        var content = ReadObject();
        return new DocumentItem(_document, keyword, new DocumentItem.Offsets(start, keywordEnd, lineEnd, _position), content);
    }

    private void SkipEmptyLines()
    {
        while (_position < _document.Length && _document.Span[_position] == (byte)'\n')
        {
            _position++;
        }
    }

    private ReadOnlySpan<byte> ReadLine()
    {
        var rest = _document.Span[_position..];
        var end = rest.IndexOf((byte)'\n');
        if (end < 0 || end > MaximumLine)
        {
            throw new ProtocolException(end < 0 ? "A directory document ends within a line." : "A line of a directory document is too long.");
        }

        _position += end + 1;
        return rest[..end];
    }

    private DocumentObject? ReadObject()
    {
        if (!_document.Span[_position..].StartsWith("-----BEGIN "u8))
        {
            return null;
        }

        var begin = ReadLine();
        if (!begin.EndsWith("-----"u8) || begin.Length <= 16)
        {
            throw new ProtocolException("The first line of an object in a directory document is malformed.");
        }

        var label = System.Text.Encoding.UTF8.GetString(begin[11..^5]);
        var body = _document.Span[_position..];
        var last = System.Text.Encoding.UTF8.GetBytes($"-----END {label}-----");
        var end = body[..Math.Min(body.Length, MaximumObject + last.Length)].IndexOf(last);
        if (end < 0 || (end > 0 && body[end - 1] != (byte)'\n'))
        {
            throw new ProtocolException($"An object '{label}' of a directory document has no end, or is too long.");
        }

        var after = end + last.Length;
        if (after < body.Length && body[after++] != (byte)'\n')
        {
            throw new ProtocolException($"The last line of an object '{label}' in a directory document is malformed.");
        }

        _position += after;
        return new DocumentObject(label, DocumentObject.Decode(body[..end], label));
    }

    private string Keyword(ReadOnlySpan<byte> bytes)
    {
        Span<char> text = stackalloc char[64];
        if (bytes.Length > text.Length)
        {
            return System.Text.Encoding.UTF8.GetString(bytes);
        }

        text = text[..System.Text.Encoding.UTF8.GetChars(bytes, text)];
        if (_keywords.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text, out var known))
        {
            return known;
        }

        var keyword = text.ToString();
        if (_keywords.Count < MaximumKeywords)
        {
            _keywords.Add(keyword);
        }

        return keyword;
    }
}
