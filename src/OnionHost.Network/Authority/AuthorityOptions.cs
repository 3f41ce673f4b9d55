using System.Collections.Frozen;
using OnionHost.Network.Authority.Approval;
using OnionHost.Network.Authority.Flags;
using OnionHost.Network.Authority.Reachability;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Authority;

/// <summary>What an authority is told: the torrc of a stock authority in small.</summary>
/// <param name="Self">This authority, as others know it.</param>
/// <param name="Authorities">All authorities; this one may be among them.</param>
internal sealed record AuthorityOptions(DirectoryAuthority Self, IReadOnlyList<DirectoryAuthority> Authorities)
{
    private const string RelayProtocols =
        "Cons=2 Desc=2 DirCache=2 FlowCtrl=1-2 HSDir=2 HSIntro=4-5 HSRend=2 Link=4-5 LinkAuth=3 Microdesc=2 Relay=2-4";

    /// <summary>Time between two consensuses, 10 s to 1 day.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long to collect votes, at least 2 s.</summary>
    public TimeSpan VoteDelay { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long to collect signatures, at least 2 s.</summary>
    public TimeSpan DistributionDelay { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How many intervals a consensus is valid.</summary>
    public int IntervalsValid { get; init; } = 3;

    /// <summary>How to reach whoever runs it; votes always carry one.</summary>
    public string Contact { get; init; } = "nobody";

    /// <summary>The network parameters that it wants.</summary>
    public NetworkParameters Parameters { get; init; } = NetworkParameters.Empty;

    /// <summary>Versions that clients should run, comma separated; null without opinion.</summary>
    public string? ClientVersions { get; init; }

    /// <summary>Versions that relays should run, comma separated; null without opinion.</summary>
    public string? ServerVersions { get; init; }

    /// <summary>Subprotocols that clients should speak.</summary>
    public ProtocolVersions RecommendedClientProtocols { get; init; } = ProtocolVersions.Parse(
        "Cons=2 Desc=2 DirCache=2 FlowCtrl=1-2 HSDir=2 HSIntro=4 HSRend=2 Link=4-5 Microdesc=2 Relay=2-4");

    /// <summary>Subprotocols that relays should speak.</summary>
    public ProtocolVersions RecommendedRelayProtocols { get; init; } = ProtocolVersions.Parse(RelayProtocols);

    /// <summary>Subprotocols that clients must speak.</summary>
    public ProtocolVersions RequiredClientProtocols { get; init; } = ProtocolVersions.Parse("Cons=2 Desc=2 FlowCtrl=1 Link=4 Microdesc=2 Relay=2");

    /// <summary>Subprotocols that relays must speak.</summary>
    public ProtocolVersions RequiredRelayProtocols { get; init; } = ProtocolVersions.Parse(RelayProtocols);

    /// <summary>How flags are given.</summary>
    public FlagOptions Flags { get; init; } = new();

    /// <summary>How relays are tested.</summary>
    public ReachabilityOptions Reachability { get; init; } = new();

    /// <summary>True in private networks: relays may have private addresses.</summary>
    public bool AllowPrivateAddresses { get; init; }

    /// <summary>Relays that are not listed at all.</summary>
    public IReadOnlySet<RelayFingerprint> Rejected { get; init; } = FrozenSet<RelayFingerprint>.Empty;

    /// <summary>Whom the operator lets in; null lists every relay that keeps the rules.</summary>
    public RelayApprovals? Approvals { get; init; }

    /// <summary>What was measured, kilobytes a second by relay; asked for each vote.</summary>
    public Func<IReadOnlyDictionary<RelayFingerprint, uint>>? Measurements { get; init; }

    /// <summary>Where the shared random state and the key pinning journal are kept; null keeps them in memory.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>The longest time that one request to another authority may take.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>All authorities' v3 identities, this one's included.</summary>
    public IReadOnlySet<RelayFingerprint> Identities => Authorities.Append(Self).Select(a => a.V3Identity).ToFrozenSet();

    /// <summary>The other authorities.</summary>
    public IEnumerable<DirectoryAuthority> Others => Authorities.Where(a => a.V3Identity != Self.V3Identity).DistinctBy(a => a.V3Identity);
}
