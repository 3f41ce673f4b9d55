using System.Net;
using System.Net.Sockets;
using OnionHost.Network.Directory;

namespace OnionHost.Network.Paths;

/// <summary>What an exit must do.</summary>
/// <param name="Port">The port to connect to; 0: only resolve names, which every exit does.</param>
/// <param name="Stable">The connection will last.</param>
/// <param name="OverIPv6">The destination is an IPv6 literal.</param>
internal readonly record struct ExitNeed(int Port, bool Stable = false, bool OverIPv6 = false)
{
    /// <summary>A name to resolve.</summary>
    public static ExitNeed Resolve => new(0);

    /// <summary>The need of a stream.</summary>
    public static ExitNeed Of(StreamTarget target) => new(
        target.Port,
        LongLivedPorts.Contains(target.Port),
        IPAddress.TryParse(target.Host, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6);

    /// <summary>True if whatever serves this need serves the other one too.</summary>
    public bool Covers(ExitNeed other) =>
        (other.Port == 0 || (Port == other.Port && OverIPv6 == other.OverIPv6)) && (Stable || !other.Stable);

    /// <summary>True if the relay's policy summary accepts the port. The exit may still refuse the address itself.</summary>
    public bool IsAllowedBy(RelayNode node)
    {
        var policy = OverIPv6 ? node.Micro.PolicyIPv6 : node.Policy;
        return Port == 0 ? !policy.IsRejectAll : policy.Allows(Port);
    }
}
