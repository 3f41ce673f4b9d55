using System.Net;

namespace OnionHost.Network.Relays;

/// <summary>Resolves names where a stream leaves the network, so that the client's own resolver never sees them.</summary>
internal interface IExitResolver
{
    /// <summary>The addresses of a host, best first; empty if it has none.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The name does not exist, or the resolver failed.</exception>
    ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken);

    /// <summary>The host of an address; null if it has none.</summary>
    ValueTask<string?> ReverseAsync(IPAddress address, CancellationToken cancellationToken);
}
