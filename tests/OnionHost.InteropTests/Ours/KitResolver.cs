using System.Net;
using System.Net.Sockets;
using OnionHost.Network.Relays;

namespace OnionHost.InteropTests;

/// <summary>Knows the names that the kit's DNS server knows, and no others: nothing leaves this machine.</summary>
internal sealed class KitResolver : IExitResolver
{
    private const string Zone = "tornet.test";
    private const string Missing = "nx." + Zone;

    public ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken) =>
        IsUnder(host, Zone) && !IsUnder(host, Missing)
            ? ValueTask.FromResult<IReadOnlyList<IPAddress>>([IPAddress.Loopback])
            : ValueTask.FromException<IReadOnlyList<IPAddress>>(new SocketException((int)SocketError.HostNotFound));

    public ValueTask<string?> ReverseAsync(IPAddress address, CancellationToken cancellationToken) => ValueTask.FromResult<string?>(null);

    private static bool IsUnder(string host, string zone) =>
        host.Equals(zone, StringComparison.OrdinalIgnoreCase) || host.EndsWith("." + zone, StringComparison.OrdinalIgnoreCase);
}
