using OnionHost.Network.Paths;
using OnionHost.Network.Streams;
using OnionHost.Protocol.Messages;

namespace OnionHost.Rendezvous.Tests.Support;

/// <summary>The dialer of the outside world, which no onion host may reach.</summary>
internal sealed class NoDialer : IStreamDialer
{
    public Task<TorStream> DialAsync(StreamTarget target, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("An onion host reached the inner dialer.");

    public Task<ResolvedMessage> ResolveAsync(string host, IsolationKey isolation, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("An onion host reached the inner dialer.");
}
