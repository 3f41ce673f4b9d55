using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using OnionHost.Network.Authority.Approval;
using OnionHost.Network.Authority.Flags;
using OnionHost.Network.Authority.Reachability;
using OnionHost.Network.Authority.Uploads;
using OnionHost.Network.Directory;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Directory.Voting;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Authority.Rounds;

/// <summary>Writes this authority's vote from what it knows of the relays (dir-spec 3.4.1).</summary>
internal sealed class VoteComposer(
    NodeContext context, AuthorityOptions options, AuthorityKeys keys, DirectoryStore store, DescriptorPool pool, ReachabilityTable reachability)
{
    private readonly HashSet<RelayFingerprint> _authorities = [.. options.Authorities.Append(options.Self).Select(a => a.Fingerprint)];

    /// <summary>What the vote says, but for shared randomness.</summary>
    public VoteContent Compose(DateTimeOffset validAfter, VotingSchedule schedule)
    {
        var now = context.Now;
        var relays = pool.Current();
        reachability.Keep(relays.Select(r => r.Descriptor.Fingerprint).ToHashSet());
        relays = [.. relays.Where(IsApproved)];
        var measured = options.Measurements?.Invoke();
        var candidates = relays.Select(r => Candidate(r.Descriptor, measured)).ToList();
        var flags = new FlagAssigner(candidates, options.Flags, now);
        var freshUntil = validAfter + schedule.Interval;
        return new VoteContent
        {
            Published = now,
            ValidAfter = validAfter,
            FreshUntil = freshUntil,
            ValidUntil = validAfter + (schedule.Interval * Math.Max(2, options.IntervalsValid)),
            VoteDelay = schedule.VoteDelay,
            DistributionDelay = schedule.DistributionDelay,
            ClientVersions = options.ClientVersions,
            ServerVersions = options.ServerVersions,
            RecommendedClientProtocols = options.RecommendedClientProtocols,
            RecommendedRelayProtocols = options.RecommendedRelayProtocols,
            RequiredClientProtocols = options.RequiredClientProtocols,
            RequiredRelayProtocols = options.RequiredRelayProtocols,
            KnownFlags = Names(FlagAssigner.Known(options.Flags)),
            FlagThresholds = flags.Thresholds.ToString(),
            Parameters = options.Parameters,
            Source = Source(),
            Certificate = keys.Certificate,
            Relays = [.. Unique(relays.Zip(candidates)).Select(r => Relay(r.First, r.Second, flags.Assign(r.Second)))],
        };
    }

    private bool IsApproved(PooledDescriptor relay) =>
        options.Approvals is not { } approvals || approvals.Of(relay.Descriptor.Fingerprint) == RelayApproval.Approved;

    private FlagCandidate Candidate(ServerDescriptor descriptor, IReadOnlyDictionary<RelayFingerprint, uint>? measured)
    {
        var fingerprint = descriptor.Fingerprint;
        var isOwn = fingerprint == options.Self.Fingerprint || store.Own?.Fingerprint == fingerprint;
        return new FlagCandidate(
            descriptor,
            isOwn || reachability.IsRunning(descriptor),
            _authorities.Contains(fingerprint),
            measured is not null && measured.TryGetValue(fingerprint, out var value) ? value : null,
            reachability.HistoryOf(fingerprint));
    }

    private ConsensusAuthority Source()
    {
        var self = options.Self;
        return new ConsensusAuthority(
            self.Nickname.ToString(),
            keys.Identity,
            self.DirPort.Address.ToString(),
            self.DirPort.Address,
            (ushort)self.DirPort.Port,
            (ushort)self.OrPort.Port,
            options.Contact,
            VoteDigest: null);
    }

    private VoteRelay Relay(PooledDescriptor relay, FlagCandidate candidate, RelayFlags flags)
    {
        var descriptor = relay.Descriptor;
        return new VoteRelay
        {
            Nickname = descriptor.Nickname,
            Fingerprint = descriptor.Fingerprint,
            DescriptorDigest = descriptor.Digest,
            Published = descriptor.Published,
            Address = descriptor.Address,
            OrPort = descriptor.OrPort,
            DirPort = descriptor.DirPort,
            Ipv6 = descriptor.ExtraAddresses.Select(a => (IPEndPoint?)a).FirstOrDefault(a => a!.AddressFamily == AddressFamily.InterNetworkV6),
            Flags = Names(flags),
            Version = Version(descriptor.Platform),
            Protocols = descriptor.Protocols.ToString(),
            Bandwidth = Math.Max(candidate.CredibleBandwidth / 1000, options.Flags.MinimumBandwidth),
            Measured = candidate.Measured,
            Policy = descriptor.Policy.Summarize().ToString(),
            ListsEd25519 = true,
            Ed25519 = descriptor.Identity,
            Microdescriptors = relay.Microdescriptors,
        };
    }

    // A vote must not list an Ed25519 identity twice: of two relays the one published last keeps it.
    private static IEnumerable<(PooledDescriptor First, FlagCandidate Second)> Unique(IEnumerable<(PooledDescriptor First, FlagCandidate Second)> relays) =>
        relays.GroupBy(r => r.First.Descriptor.Identity).Select(g => g.MaxBy(r => r.First.Descriptor.Published))
            .OrderBy(r => r.First.Descriptor.Fingerprint);

    private static string? Version(string platform)
    {
        var words = platform.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length >= 2 && words[0] == "Tor" ? $"Tor {words[1]}" : null;
    }

    private static ImmutableArray<string> Names(RelayFlags flags) => [.. RelayFlagNames.Format(flags).Split(' ', StringSplitOptions.RemoveEmptyEntries)];
}
