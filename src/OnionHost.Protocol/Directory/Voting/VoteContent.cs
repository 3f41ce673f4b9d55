using System.Collections.Immutable;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Directory.SharedRandom;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Directory.Voting;

/// <summary>What an authority says in its vote (dir-spec 3.4.1), without the signature.</summary>
public sealed record VoteContent
{
    /// <summary>The consensus methods that it can compute.</summary>
    public ImmutableArray<int> Methods { get; init; } = [.. ConsensusMethods.Known];

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Published { get; init; }

    /// <summary>From when on the consensus is meant to be used.</summary>
    public required DateTimeOffset ValidAfter { get; init; }

    /// <summary>Until when there is nothing newer.</summary>
    public required DateTimeOffset FreshUntil { get; init; }

    /// <summary>Until when the consensus may be used.</summary>
    public required DateTimeOffset ValidUntil { get; init; }

    /// <summary>How long to collect votes, whole seconds, at least 2.</summary>
    public required TimeSpan VoteDelay { get; init; }

    /// <summary>How long to collect signatures, whole seconds, at least 2.</summary>
    public required TimeSpan DistributionDelay { get; init; }

    /// <summary>Versions that clients should run, comma separated; null without opinion.</summary>
    public string? ClientVersions { get; init; }

    /// <summary>Versions that relays should run, comma separated; null without opinion.</summary>
    public string? ServerVersions { get; init; }

    /// <summary>Subprotocols that clients should speak; null without opinion.</summary>
    public ProtocolVersions? RecommendedClientProtocols { get; init; }

    /// <summary>Subprotocols that relays should speak; null without opinion.</summary>
    public ProtocolVersions? RecommendedRelayProtocols { get; init; }

    /// <summary>Subprotocols that clients must speak; null without opinion.</summary>
    public ProtocolVersions? RequiredClientProtocols { get; init; }

    /// <summary>Subprotocols that relays must speak; null without opinion.</summary>
    public ProtocolVersions? RequiredRelayProtocols { get; init; }

    /// <summary>Names of the flags that it knows, in ordinal order, at most 64.</summary>
    public required ImmutableArray<string> KnownFlags { get; init; }

    /// <summary>The limits behind its flags, as text for humans; null if not told.</summary>
    public string? FlagThresholds { get; init; }

    /// <summary>The network parameters that it wants.</summary>
    public NetworkParameters Parameters { get; init; } = NetworkParameters.Empty;

    /// <summary>The voter; its vote digest is null.</summary>
    public required ConsensusAuthority Source { get; init; }

    /// <summary>True if it takes part in the shared random protocol.</summary>
    public bool SharedRandomParticipates { get; init; }

    /// <summary>The commitments that it knows, of all authorities.</summary>
    public ImmutableArray<SharedRandomCommit> SharedRandomCommits { get; init; } = [];

    /// <summary>The shared random value of the last run; null if it knows none.</summary>
    public SharedRandomValue? SharedRandomPrevious { get; init; }

    /// <summary>The shared random value of this run; null if it knows none.</summary>
    public SharedRandomValue? SharedRandomCurrent { get; init; }

    /// <summary>An identity that it had before and signs with besides, 20 bytes; null if none.</summary>
    public RelayFingerprint? LegacyIdentity { get; init; }

    /// <summary>The certificate of its signing key.</summary>
    public required AuthorityCertificate Certificate { get; init; }

    /// <summary>The relays that it knows, ordered by fingerprint.</summary>
    public required ImmutableArray<VoteRelay> Relays { get; init; }
}
