using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using OnionHost.Network.Directory.Http;
using OnionHost.Network.Directory.Http.Compression;
using OnionHost.Protocol;

namespace OnionHost.Network.Directory;

/// <summary>The client's side of HTTP/1.0 with a directory, over any stream (dir-spec 5). One request a stream; the caller disposes it.</summary>
internal static class DirectoryClient
{
    /// <summary>Gets a document.</summary>
    /// <param name="stream">A fresh connection or BEGIN_DIR stream.</param>
    /// <param name="path">Begins with a slash; <c>.z</c> is not needed.</param>
    /// <param name="headers">Further headers, such as <c>If-Modified-Since</c> or <c>Host</c>.</param>
    /// <param name="ct">Gives up; use it for a time limit.</param>
    /// <param name="maximumBody">The longest answer to take, bytes.</param>
    /// <param name="isAnonymous">True over a circuit of more than one hop: then nothing is said that tells versions apart.</param>
    /// <exception cref="ProtocolException">The answer is malformed or too long.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public static Task<DirectoryResponse> GetAsync(
        Stream stream, string path, IReadOnlyDictionary<string, string>? headers, CancellationToken ct, int maximumBody = DirectoryLimits.Answer, bool isAnonymous = false) =>
        SendAsync(stream, Head("GET", path, headers, isAnonymous, null), default, maximumBody, isAnonymous, ct);

    /// <summary>Asks for a document as it is, uncompressed, and reads only the head of the answer. The body of what comes back is empty.</summary>
    /// <param name="stream">A fresh connection, of no use afterwards.</param>
    /// <param name="path">Begins with a slash.</param>
    /// <param name="headers">Further headers.</param>
    /// <param name="ct">Gives up; use it for a time limit.</param>
    /// <exception cref="ProtocolException">The answer is malformed.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public static async Task<DirectoryResponse> GetHeadAsync(Stream stream, string path, IReadOnlyDictionary<string, string>? headers, CancellationToken ct)
    {
        await stream.WriteAsync(Head("GET", path, headers, isAnonymous: true, null), ct);
        await stream.FlushAsync(ct);
        using var reader = new HttpReader(stream);
        return Answer(await reader.ReadHeadAsync(ct), default);
    }

    /// <summary>Posts a document.</summary>
    /// <param name="stream">A fresh connection or BEGIN_DIR stream.</param>
    /// <param name="path">Begins with a slash.</param>
    /// <param name="body">The document.</param>
    /// <param name="headers">Further headers.</param>
    /// <param name="ct">Gives up; use it for a time limit.</param>
    /// <param name="maximumBody">The longest answer to take, bytes.</param>
    /// <param name="isAnonymous">True over a circuit of more than one hop: then nothing is said that tells versions apart.</param>
    /// <exception cref="ProtocolException">The answer is malformed or too long.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public static Task<DirectoryResponse> PostAsync(
        Stream stream, string path, ReadOnlyMemory<byte> body, IReadOnlyDictionary<string, string>? headers, CancellationToken ct, int maximumBody = DirectoryLimits.Head, bool isAnonymous = false) =>
        SendAsync(stream, Head("POST", path, headers, isAnonymous, body.Length), body, maximumBody, isAnonymous, ct);

    // The headers stand in the order in which every Tor sends them.
    private static byte[] Head(string method, string path, IReadOnlyDictionary<string, string>? headers, bool isAnonymous, int? length)
    {
        if (!path.StartsWith('/') || path.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            throw new ArgumentException("A directory path begins with a slash and is printable ASCII.", nameof(path));
        }

        var head = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{method} {path} HTTP/1.0\r\n");
        var all = (headers ?? ImmutableDictionary<string, string>.Empty).ToList();
        if (!isAnonymous)
        {
            all.Add(new("Accept-Encoding", ContentCodings.Accepted));
        }

        foreach (var (name, value) in all.OrderBy(header => Rank(header.Key)))
        {
            if (name.Concat(value).Any(char.IsControl))
            {
                throw new ArgumentException("A header must not contain control characters.", nameof(headers));
            }

            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        if (length is not null)
        {
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {length}\r\n");
        }

        return Encoding.ASCII.GetBytes(head.Append("\r\n").ToString());
    }

    private static int Rank(string header) => header switch { "Host" => 0, "If-Modified-Since" => 1, "Accept-Encoding" => 2, _ => 3 };

    private static async Task<DirectoryResponse> SendAsync(Stream stream, byte[] head, ReadOnlyMemory<byte> body, int maximumBody, bool isAnonymous, CancellationToken ct)
    {
        await stream.WriteAsync(head, ct);
        if (!body.IsEmpty)
        {
            await stream.WriteAsync(body, ct);
        }

        await stream.FlushAsync(ct);
        using var reader = new HttpReader(stream);
        var answer = await reader.ReadHeadAsync(ct);
        var content = answer.ContentLength(maximumBody) is { } length
            ? await reader.ReadBodyAsync(length, ct)
            : await reader.ReadToEndAsync(maximumBody, ct);
        answer.Headers.TryGetValue("Content-Encoding", out var encoding);
        return Answer(answer, content.Length == 0 ? content : ContentCodings.Decompress(content, encoding, maximumBody, isAnonymous));
    }

    private static DirectoryResponse Answer(HttpHead head, ReadOnlyMemory<byte> body)
    {
        var (status, reason) = ParseStatus(head.FirstLine);
        return new DirectoryResponse(status, reason, body, head.Headers.ToImmutableDictionary(StringComparer.OrdinalIgnoreCase));
    }

    private static (int Status, string Reason) ParseStatus(string line)
    {
        var words = line.Split(' ', 3);
        return words.Length >= 2 && words[0].StartsWith("HTTP/1.", StringComparison.Ordinal)
            && words[1].Length == 3 && int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var status)
            ? (status, words.Length > 2 ? words[2] : string.Empty)
            : throw new ProtocolException("A directory's answer does not begin with an HTTP status.");
    }
}
