using System.Globalization;
using System.Net;

namespace OnionHost.Network.Directory;

/// <summary>A request to a directory (dir-spec 5). The path has no <c>.z</c>: the server takes care of compression.</summary>
/// <param name="Method">GET or POST.</param>
/// <param name="Path">Begins with a slash.</param>
/// <param name="Headers">By name, whatever its case.</param>
/// <param name="Body">What was posted.</param>
/// <param name="IsAnonymous">True if it came over a circuit of more than one hop.</param>
/// <param name="Remote">Who asks; null if unknown or anonymous.</param>
internal sealed record DirectoryRequest(
    string Method, string Path, IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body, bool IsAnonymous, IPAddress? Remote)
{
    /// <summary>True for a GET.</summary>
    public bool IsGet => Method == "GET";

    /// <summary>True for a POST.</summary>
    public bool IsPost => Method == "POST";

    /// <summary>False if the client says by <c>If-Modified-Since</c> that it has what was made then.</summary>
    public bool IsModifiedSince(DateTimeOffset modified) =>
        !Headers.TryGetValue("If-Modified-Since", out var text)
        || !DateTimeOffset.TryParseExact(text, "R", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var since)
        || since < modified;
}
