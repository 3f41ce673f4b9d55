using System.Net;
using System.Net.Sockets;
using OnionHost.Network.Relays;

namespace OnionHost.Network.Tests.Relays;

/// <summary>Knows the names that a test gives it.</summary>
internal sealed class FixedResolver(params (string Name, string Address)[] names) : IExitResolver
{
    public ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        IPAddress[] found = [.. names.Where(n => n.Name == host).Select(n => IPAddress.Parse(n.Address))];
        return found.Length > 0 ? new(found) : throw new SocketException((int)SocketError.HostNotFound);
    }

    public ValueTask<string?> ReverseAsync(IPAddress address, CancellationToken cancellationToken) =>
        new(names.Where(n => IPAddress.Parse(n.Address).Equals(address)).Select(n => n.Name).FirstOrDefault());
}
