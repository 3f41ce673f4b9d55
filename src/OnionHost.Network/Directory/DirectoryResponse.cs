using System.Collections.Immutable;
using System.Globalization;

namespace OnionHost.Network.Directory;

/// <summary>A directory's answer (dir-spec 5). At a client the body is decompressed.</summary>
/// <param name="Status">200, 304, 400, 404 or 503.</param>
/// <param name="Reason">The words after the status; no newline.</param>
/// <param name="Body">The document; empty unless the status is 200.</param>
/// <param name="Headers">By name, whatever its case; what the server itself sets need not be here.</param>
internal sealed record DirectoryResponse(int Status, string Reason, ReadOnlyMemory<byte> Body, ImmutableDictionary<string, string> Headers)
{
    /// <summary>No headers.</summary>
    public static ImmutableDictionary<string, string> NoHeaders { get; } = ImmutableDictionary.Create<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>True for 200.</summary>
    public bool IsOk => Status == 200;

    /// <summary>The time that the server says it is; null if it does not. Seconds are all it tells.</summary>
    public DateTimeOffset? Date =>
        Headers.TryGetValue("Date", out var text)
        && DateTimeOffset.TryParseExact(text, "R", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date : null;

    /// <summary>The document that the body is, if a server keeps it with its compressed forms.</summary>
    public ServedDocument? Kept { get; init; }

    /// <summary>200 with a document.</summary>
    public static DirectoryResponse Ok(ReadOnlyMemory<byte> body) => new(200, "OK", body, NoHeaders);

    /// <summary>200 with a document.</summary>
    public static DirectoryResponse Ok(string body) => Ok(System.Text.Encoding.UTF8.GetBytes(body));

    /// <summary>304: what the client has is the newest.</summary>
    public static DirectoryResponse NotModified() => new(304, "Not modified", default, NoHeaders);

    /// <summary>400: the request or the posted document is wrong.</summary>
    public static DirectoryResponse BadRequest(string reason) => new(400, OneLine(reason), default, NoHeaders);

    /// <summary>404.</summary>
    public static DirectoryResponse NotFound(string reason = "Not found") => new(404, OneLine(reason), default, NoHeaders);

    /// <summary>503: not now. Clients then ask other directories for a while.</summary>
    public static DirectoryResponse Unavailable(string reason = "Directory busy, try again later") => new(503, OneLine(reason), default, NoHeaders);

    /// <summary>The same with one more header.</summary>
    public DirectoryResponse With(string name, string value) => this with { Headers = Headers.SetItem(name, value) };

    private static string OneLine(string text) => new([.. text.Take(400).Select(c => char.IsAscii(c) && !char.IsControl(c) ? c : ' ')]);
}
