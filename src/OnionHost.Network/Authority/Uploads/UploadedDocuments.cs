using OnionHost.Protocol;
using OnionHost.Protocol.Directory;

namespace OnionHost.Network.Authority.Uploads;

/// <summary>The body of an upload, <c>POST /tor/</c>: descriptors, each perhaps followed by its extra-info (dir-spec 4.2).</summary>
/// <param name="Descriptors">The descriptors.</param>
/// <param name="ExtraInfos">The extra-infos, read one by one: a malformed one is a fault when it is its turn, and spoils no descriptor.</param>
internal sealed record UploadedDocuments(IReadOnlyList<ServerDescriptor> Descriptors, IEnumerable<ExtraInfo> ExtraInfos)
{
    private const int MaximumDocuments = 64;

    /// <summary>Reads descriptors and extra-infos.</summary>
    /// <exception cref="ProtocolException">There is none, there are too many, or a descriptor is malformed.</exception>
    public static UploadedDocuments Read(ReadOnlyMemory<byte> body)
    {
        var descriptors = ReadAll(body, MaximumDocuments);
        var extras = DocumentReader.Split(body, ExtraInfo.FirstKeyword);
        if (extras.Count > MaximumDocuments)
        {
            throw new ProtocolException($"There are more than {MaximumDocuments} extra-infos.");
        }

        return descriptors.Count + extras.Count > 0
            ? new UploadedDocuments(descriptors, extras.Select(part => ExtraInfo.Parse(Before(part, ServerDescriptor.FirstKeyword).Span)))
            : throw new ProtocolException("No descriptors found in your POST.");
    }

    /// <summary>Reads any number of descriptors up to a limit, and skips extra-infos.</summary>
    /// <exception cref="ProtocolException">There are more, or one is malformed.</exception>
    public static IReadOnlyList<ServerDescriptor> ReadAll(ReadOnlyMemory<byte> body, int limit)
    {
        var parts = DocumentReader.Split(body, ServerDescriptor.FirstKeyword);
        return parts.Count <= limit
            ? [.. parts.Select(part => ServerDescriptor.Parse(Before(part, ExtraInfo.FirstKeyword).Span))]
            : throw new ProtocolException($"There are more than {limit} descriptors.");
    }

    // The part up to where documents of the other kind begin.
    private static ReadOnlyMemory<byte> Before(ReadOnlyMemory<byte> part, string keyword) =>
        part[..(part.Length - DocumentReader.Split(part, keyword).Sum(other => other.Length))];
}
