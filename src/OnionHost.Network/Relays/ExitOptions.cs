using System.Net;
using OnionHost.Network.Links.Traffic;
using OnionHost.Protocol.Directory;

namespace OnionHost.Network.Relays;

/// <summary>How an exit connects.</summary>
/// <param name="Policy">Where to; private networks are refused unless it opens them by name, or they are allowed.</param>
internal sealed record ExitOptions(ExitPolicy Policy)
{
    /// <summary>True in private networks: the policy alone decides about private addresses.</summary>
    public bool AllowPrivateAddresses { get; init; }

    /// <summary>True for what must not be reached whatever the policy says.</summary>
    public Func<IPEndPoint, bool>? Refuses { get; init; }

    /// <summary>The network's relays: circuits must come from one of them, and none of their ports is connected to. Null asks neither.</summary>
    public KnownRelays? Known { get; init; }

    /// <summary>Resolves names.</summary>
    public IExitResolver Resolver { get; init; } = new SystemExitResolver();

    /// <summary>How long resolving, and then connecting, may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Counts, and limits, what servers send; null for neither.</summary>
    public NodeTraffic? Traffic { get; init; }
}
