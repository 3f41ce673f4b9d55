using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace OnionHost.Protocol.Directory;

/// <summary>One line of a directory document with its object, if it has one (dir-spec 1.2).</summary>
public sealed class DocumentItem
{
    private readonly ReadOnlyMemory<byte> _document;
    private readonly Offsets _offsets;
    private ImmutableArray<string> _arguments;

    internal DocumentItem(ReadOnlyMemory<byte> document, string keyword, Offsets offsets, DocumentObject? content)
    {
        _document = document;
        _offsets = offsets;
        Keyword = keyword;
        Object = content;
    }

    /// <summary>The first word of the line.</summary>
    public string Keyword { get; }

    /// <summary>The object after the line.</summary>
    public DocumentObject? Object { get; }

    /// <summary>Byte offset of the line's first byte in the document.</summary>
    public int Start => _offsets.Start;

    /// <summary>Byte offset of the first byte after the keyword: of the space, or of the newline.</summary>
    public int KeywordEnd => _offsets.KeywordEnd;

    /// <summary>Byte offset of the first byte after the line's newline.</summary>
    public int LineEnd => _offsets.LineEnd;

    /// <summary>Byte offset of the first byte after the item, its object included.</summary>
    public int End => _offsets.End;

    /// <summary>The words after the keyword.</summary>
    /// <exception cref="ProtocolException">There are more than 512.</exception>
    public ImmutableArray<string> Arguments => _arguments.IsDefault ? _arguments = SplitArguments() : _arguments;

    /// <summary>The bytes after the keyword and one space, without the newline; trailing spaces are kept.</summary>
    public ReadOnlyMemory<byte> ArgumentBytes => _document[Math.Min(KeywordEnd + 1, LineEnd - 1)..(LineEnd - 1)];

    /// <summary>The text after the keyword and one space, without the newline; trailing spaces are kept.</summary>
    public string ArgumentText => System.Text.Encoding.UTF8.GetString(ArgumentBytes.Span);

    /// <summary>The whole item as it stands in the document, object and last newline included.</summary>
    public ReadOnlyMemory<byte> Bytes => _document[Start..End];

    /// <summary>One word after the keyword; 0 is the first.</summary>
    /// <exception cref="ProtocolException">The line has too few.</exception>
    public string Argument(int index) => index < Arguments.Length ? Arguments[index] : throw Fault($"needs {index + 1} arguments");

    /// <summary>The object's bytes.</summary>
    /// <exception cref="ProtocolException">There is none, or it has another label.</exception>
    public ReadOnlyMemory<byte> ObjectBytes(string label) =>
        Object?.Label == label ? Object.Data : throw Fault($"needs an object '{label}'");

    /// <summary>Two words, <c>YYYY-MM-DD HH:MM:SS</c>, as a time in UTC.</summary>
    /// <exception cref="ProtocolException">They are not that.</exception>
    public DateTimeOffset Time(int index) =>
        DocumentTime.TryParse(Argument(index), Argument(index + 1), out var time) ? time : throw Fault("needs a time YYYY-MM-DD HH:MM:SS");

    /// <summary>A word that is a decimal number in a range.</summary>
    /// <exception cref="ProtocolException">It is not that.</exception>
    public long Number(int index, long minimum, long maximum) =>
        long.TryParse(Argument(index), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
        && value >= minimum && value <= maximum
            ? value
            : throw Fault($"needs a number from {minimum} to {maximum}");

    /// <summary>A word that is a port, 0 to 65535.</summary>
    /// <exception cref="ProtocolException">It is not that.</exception>
    public ushort Port(int index) => (ushort)Number(index, 0, ushort.MaxValue);

    /// <summary>A word that is a dotted IPv4 address.</summary>
    /// <exception cref="ProtocolException">It is not that.</exception>
    public IPAddress IPv4(int index) =>
        IPAddress.TryParse(Argument(index), out var address)
        && address.AddressFamily == AddressFamily.InterNetwork && address.ToString() == Argument(index)
            ? address
            : throw Fault("needs an IPv4 address");

    /// <summary>A word of the form <c>ADDRESS:PORT</c>, IPv6 addresses in brackets.</summary>
    /// <exception cref="ProtocolException">It is not that.</exception>
    public IPEndPoint EndPoint(int index) =>
        Argument(index).Contains(':', StringComparison.Ordinal) && IPEndPoint.TryParse(Argument(index), out var address) && address.Port != 0
            ? address
            : throw Fault("needs an ADDRESS:PORT");

    /// <summary>The error that this line breaks a rule.</summary>
    public ProtocolException Fault(string rule) => new($"The line '{Keyword}' of a directory document {rule}.");

    private ImmutableArray<string> SplitArguments()
    {
        var words = ImmutableArray.CreateBuilder<string>();
        var rest = _document.Span[KeywordEnd..(LineEnd - 1)];
        while (!(rest = rest.TrimStart(" \t"u8)).IsEmpty)
        {
            if (words.Count == DocumentReader.MaximumArguments)
            {
                throw Fault($"has more than {DocumentReader.MaximumArguments} arguments");
            }

            var length = rest.IndexOfAny((byte)' ', (byte)'\t');
            length = length < 0 ? rest.Length : length;
            words.Add(System.Text.Encoding.UTF8.GetString(rest[..length]));
            rest = rest[length..];
        }

        return words.DrainToImmutable();
    }

    internal readonly record struct Offsets(int Start, int KeywordEnd, int LineEnd, int End);
}
