using OnionHost.Network.Links.Traffic;
using OnionHost.Network.Networks;
using OnionHost.Network.Paths;

namespace OnionHost.Network.Client;

/// <summary>What a client node needs to know.</summary>
internal sealed record ClientNodeOptions
{
    /// <summary>Whose signatures count; at least one.</summary>
    public required IReadOnlyList<DirectoryAuthority> Authorities { get; init; }

    /// <summary>Whom to ask before the authorities while no relay is known.</summary>
    public IReadOnlyList<FallbackDirectory> Fallbacks { get; init; } = [];

    /// <summary>Where the network's documents and the guards are kept; null keeps them in memory.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>No two relays of a path in one subnet. A private network on one machine turns it off.</summary>
    public bool EnforceDistinctSubnets { get; init; } = true;

    /// <summary>Relays and destinations on loopback and private addresses are used. Only for private networks.</summary>
    public bool AllowPrivateAddresses { get; init; }

    /// <summary>Relays never to be used, such as those that run on the same machine as an onion service.</summary>
    public IReadOnlySet<Protocol.Identities.RelayFingerprint> ExcludedRelays { get; init; } = new HashSet<Protocol.Identities.RelayFingerprint>();

    /// <summary>Incoming bytes of all links together; null for no limit.</summary>
    public Bandwidth? Bandwidth { get; init; }

    /// <summary>How many circuits are kept, and for how long.</summary>
    public CircuitPoolOptions Pool { get; init; } = new();
}
