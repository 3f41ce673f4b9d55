using System.Text;

namespace OnionHost.Protocol.Directory;

/// <summary>Builds the text of a directory document line by line (dir-spec 1.2).</summary>
public sealed class DocumentWriter
{
    private const int Columns = 64;

    private readonly StringBuilder _text = new();

    /// <summary>Adds a line: the keyword, then the arguments with one space before each.</summary>
    public DocumentWriter Line(string keyword, params ReadOnlySpan<string> arguments)
    {
        _text.Append(keyword);
        foreach (var argument in arguments)
        {
            _text.Append(' ').Append(argument);
        }

        _text.Append('\n');
        return this;
    }

    /// <summary>Adds an object: base64 in lines of 64 characters between its BEGIN and END lines.</summary>
    public DocumentWriter Object(string label, ReadOnlySpan<byte> data)
    {
        _text.Append("-----BEGIN ").Append(label).Append("-----\n");
        var base64 = Convert.ToBase64String(data);
        for (var i = 0; i < base64.Length; i += Columns)
        {
            _text.Append(base64.AsSpan(i, Math.Min(Columns, base64.Length - i))).Append('\n');
        }

        _text.Append("-----END ").Append(label).Append("-----\n");
        return this;
    }

    /// <summary>Adds text as it is; the caller takes care of newlines.</summary>
    public DocumentWriter Raw(string text)
    {
        _text.Append(text);
        return this;
    }

    /// <summary>The text so far as UTF-8 bytes: what signatures cover.</summary>
    public byte[] ToBytes() => System.Text.Encoding.UTF8.GetBytes(_text.ToString());

    /// <summary>The text so far.</summary>
    public override string ToString() => _text.ToString();
}
