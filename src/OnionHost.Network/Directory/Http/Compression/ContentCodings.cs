using OnionHost.Protocol;

namespace OnionHost.Network.Directory.Http.Compression;

/// <summary>The content encodings that directories and their clients agree on, best first: those of stock, as far as this machine has them.</summary>
internal static class ContentCodings
{
    private const string Identity = "identity";

    private static readonly ContentCoding[] All =
        [.. new ContentCoding[] { new LzmaCoding(), new ZstdCoding(), StreamCoding.Deflate, StreamCoding.Gzip }.Where(coding => coding.IsAvailable)];

    /// <summary>What clients here accept.</summary>
    public static string Accepted { get; } = string.Join(", ", All.Select(coding => coding.Name).Append(Identity));

    /// <summary>The encoding to answer in; null for identity.</summary>
    /// <param name="acceptEncoding">What the client accepts; null if it does not say.</param>
    /// <param name="isDeflateAcceptable">True if its path said so, by <c>.z</c>.</param>
    /// <param name="isAnonymous">True if nothing may tell versions apart.</param>
    /// <param name="isKept">True if the compressed body serves others, too.</param>
    public static ContentCoding? Choose(string? acceptEncoding, bool isDeflateAcceptable, bool isAnonymous, bool isKept)
    {
        var accepted = acceptEncoding?.Split([',', ' ', '\t'], StringSplitOptions.RemoveEmptyEntries) ?? [];
        return Array.Find(All, coding =>
            (accepted.Contains(coding.Name, StringComparer.OrdinalIgnoreCase) || (isDeflateAcceptable && coding == StreamCoding.Deflate))
            && (coding.IsUniversal || !isAnonymous)
            && (isKept || !coding.IsForKeeping));
    }

    /// <summary>Decompresses an answer of at most <paramref name="maximum"/> bytes.</summary>
    /// <exception cref="ProtocolException">The encoding is unknown, or the body malformed or too long.</exception>
    public static byte[] Decompress(byte[] body, string? encoding, int maximum, bool isAnonymous)
    {
        if (encoding is null || encoding.Equals(Identity, StringComparison.OrdinalIgnoreCase))
        {
            return body;
        }

        var name = encoding.Equals("x-gzip", StringComparison.OrdinalIgnoreCase) ? StreamCoding.Gzip.Name : encoding;
        return Array.Find(All, coding => name.Equals(coding.Name, StringComparison.OrdinalIgnoreCase)) is { } known && (known.IsUniversal || !isAnonymous)
            ? known.Decompress(body, maximum)
            : throw new ProtocolException("A directory answered in an encoding that was not asked for.");
    }
}
