using System.Net;
using System.Net.Sockets;
using OnionHost.Network.Relays;

namespace OnionHost.LocalNetwork;

/// <summary>Knows this machine's own names only, and asks nobody: names looked up here stay here.</summary>
internal sealed class LoopbackResolver : IExitResolver
{
    private const string Name = "localhost";

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken) =>
        host.Equals(Name, StringComparison.OrdinalIgnoreCase) || host.EndsWith("." + Name, StringComparison.OrdinalIgnoreCase)
            ? ValueTask.FromResult<IReadOnlyList<IPAddress>>([IPAddress.Loopback, IPAddress.IPv6Loopback])
            : ValueTask.FromException<IReadOnlyList<IPAddress>>(new SocketException((int)SocketError.HostNotFound));

    /// <inheritdoc/>
    public ValueTask<string?> ReverseAsync(IPAddress address, CancellationToken cancellationToken) =>
        ValueTask.FromResult(IPAddress.IsLoopback(address) ? Name : null);
}
