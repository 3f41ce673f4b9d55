using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Paths;

/// <summary>What the operator of this node decides about paths.</summary>
internal sealed record PathRules
{
    /// <summary>No two relays of a path in one /16 (IPv4) or /32 (IPv6). Only a private network turns this off.</summary>
    public bool EnforceDistinctSubnets { get; init; } = true;

    /// <summary>Relays on loopback and private addresses are used. Only for private networks.</summary>
    public bool AllowPrivateAddresses { get; init; }

    /// <summary>Relays that are never used, such as our own.</summary>
    public IReadOnlySet<RelayFingerprint> Excluded { get; init; } = new HashSet<RelayFingerprint>();
}
