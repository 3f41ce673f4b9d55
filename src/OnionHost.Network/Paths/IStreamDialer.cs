using OnionHost.Network.Streams;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Paths;

/// <summary>Opens streams to the outside, through whichever circuits fit.</summary>
internal interface IStreamDialer
{
    /// <summary>Opens a stream; it is connected when the task completes.</summary>
    /// <exception cref="Protocol.TorException">No circuit could be built, or the far end refused (<see cref="StreamException"/>).</exception>
    Task<TorStream> DialAsync(StreamTarget target, CancellationToken cancellationToken);

    /// <summary>Resolves a name at an exit, or an address when <paramref name="host"/> is an <c>in-addr.arpa</c> or <c>ip6.arpa</c> name.</summary>
    Task<ResolvedMessage> ResolveAsync(string host, IsolationKey isolation, CancellationToken cancellationToken);
}
