using OnionHost.Protocol;

namespace OnionHost.Network.Directory.Http;

/// <summary>The first line and the headers of an HTTP/1.0 message.</summary>
internal sealed record HttpHead(string FirstLine, IReadOnlyDictionary<string, string> Headers)
{
    private const int MaximumHeaders = 100;

    /// <summary>Reads everything before the empty line. Of a repeated header the first counts.</summary>
    /// <exception cref="ProtocolException">It is malformed.</exception>
    public static HttpHead Parse(ReadOnlySpan<byte> head)
    {
        var lines = System.Text.Encoding.Latin1.GetString(head).Split("\r\n");
        if (lines.Length > MaximumHeaders + 1 || lines.Any(line => line.AsSpan().IndexOfAny('\n', '\r', '\0') >= 0))
        {
            throw new ProtocolException("An HTTP head is malformed.");
        }

        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in lines.Skip(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
            {
                throw new ProtocolException("An HTTP header is not of the form Name: value.");
            }

            headers.TryAdd(line[..colon].Trim(), line[(colon + 1)..].Trim());
        }

        return new HttpHead(lines[0], headers);
    }

    /// <summary>The body's length in bytes; null if the head does not give it.</summary>
    /// <exception cref="ProtocolException">It is no number, or more than <paramref name="maximum"/>.</exception>
    public int? ContentLength(int maximum)
    {
        if (!Headers.TryGetValue("Content-Length", out var text))
        {
            return null;
        }

        return int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var length) && length <= maximum
            ? length
            : throw new ProtocolException($"An HTTP body must not be longer than {maximum} bytes.");
    }
}
