using System.Net;
using System.Net.Http;

namespace OnionHost.FunctionalTests;

/// <summary>The test site's bytes, to be posted.</summary>
internal sealed class PatternContent(int size) : HttpContent
{
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        foreach (var piece in TestSite.Pieces(size))
        {
            await stream.WriteAsync(piece);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = size;
        return true;
    }
}
