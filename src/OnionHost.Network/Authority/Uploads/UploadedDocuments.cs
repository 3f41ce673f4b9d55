using OnionHost.Protocol;
using OnionHost.Protocol.Directory;

namespace OnionHost.Network.Authority.Uploads;

/// <summary>Cuts the body of an upload, <c>POST /tor/</c>: descriptors, each perhaps followed by its extra-info (dir-spec 4.2).</summary>
internal static class UploadedDocuments
{
    private const string ExtraInfo = "extra-info";
    private const int MaximumDescriptors = 64;

    /// <summary>Reads the descriptors; extra-infos are not kept.</summary>
    /// <exception cref="ProtocolException">There is none, or one is malformed.</exception>
    public static IReadOnlyList<ServerDescriptor> Read(ReadOnlyMemory<byte> body) =>
        ReadAll(body, MaximumDescriptors) is { Count: > 0 } descriptors ? descriptors : throw new ProtocolException("An upload carries no descriptor.");

    /// <summary>Reads any number of descriptors up to a limit.</summary>
    /// <exception cref="ProtocolException">There are more, or one is malformed.</exception>
    public static IReadOnlyList<ServerDescriptor> ReadAll(ReadOnlyMemory<byte> body, int limit)
    {
        var parts = DocumentReader.Split(body, ServerDescriptor.FirstKeyword);
        return parts.Count <= limit
            ? [.. parts.Select(part => ServerDescriptor.Parse(WithoutExtraInfo(part).Span))]
            : throw new ProtocolException($"There are more than {limit} descriptors.");
    }

    private static ReadOnlyMemory<byte> WithoutExtraInfo(ReadOnlyMemory<byte> part) =>
        part[..(part.Length - DocumentReader.Split(part, ExtraInfo).Sum(e => e.Length))];
}
