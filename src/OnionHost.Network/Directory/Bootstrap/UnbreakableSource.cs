using System.Net.Sockets;
using OnionHost.Protocol;

namespace OnionHost.Network.Directory.Bootstrap;

/// <summary>Makes broken connections and time limits of a source the same transient failure, so that one bad directory stops nothing.</summary>
internal sealed class UnbreakableSource(IDirectorySource inner) : IDirectorySource
{
    /// <inheritdoc/>
    public async Task<DirectoryResponse> GetAsync(string path, IReadOnlyDictionary<string, string>? headers, CancellationToken ct)
    {
        try
        {
            return await inner.GetAsync(path, headers, ct);
        }
        catch (Exception fault) when (fault is IOException or SocketException or TimeoutException or ObjectDisposedException
            || (fault is OperationCanceledException && !ct.IsCancellationRequested))
        {
            throw new TorException(
                TorErrorKind.Network, "A directory did not answer in time or broke off. Another is asked soon; if this goes on, check the Internet connection.", true, fault);
        }
    }
}
