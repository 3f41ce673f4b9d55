using System.Collections.Immutable;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Directory.SharedRandom;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Directory.Voting;

/// <summary>Reads what a vote says (dir-spec 3.4.1), with the checks that other authorities make.</summary>
internal static class VoteReader
{
    private const int MaximumMethods = 128;
    private const int MaximumCommits = 64;

    /// <summary>Reads the content; the signature is for the caller.</summary>
    public static VoteContent Read(StatusDocument parts)
    {
        var header = parts.Header;
        if (header.First("network-status-version").Argument(0) != "3" || header.One("vote-status").Argument(0) != "vote")
        {
            throw new ProtocolException("A network status is no vote.");
        }

        var times = StatusHeader.Times(header);
        var delays = StatusHeader.Delays(header);
        var flags = StatusHeader.KnownFlags(header).ToImmutableArray();
        return new VoteContent
        {
            Methods = ReadMethods(header.One("consensus-methods")),
            Published = header.One("published").Time(0),
            ValidAfter = times.ValidAfter,
            FreshUntil = times.FreshUntil,
            ValidUntil = times.ValidUntil,
            VoteDelay = delays.Vote,
            DistributionDelay = delays.Distribution,
            ClientVersions = header.Optional("client-versions")?.ArgumentText,
            ServerVersions = header.Optional("server-versions")?.ArgumentText,
            RecommendedClientProtocols = StatusHeader.Protocols(header, "recommended-client-protocols"),
            RecommendedRelayProtocols = StatusHeader.Protocols(header, "recommended-relay-protocols"),
            RequiredClientProtocols = StatusHeader.Protocols(header, "required-client-protocols"),
            RequiredRelayProtocols = StatusHeader.Protocols(header, "required-relay-protocols"),
            KnownFlags = flags,
            FlagThresholds = header.Optional("flag-thresholds")?.ArgumentText,
            Parameters = StatusHeader.Parameters(header),
            Source = StatusHeader.Authority(header.One("dir-source"), header.One("contact").ArgumentText, null),
            SharedRandomParticipates = header.Has("shared-rand-participate"),
            SharedRandomCommits = ReadCommits(header),
            SharedRandomPrevious = StatusHeader.SharedRandom(header, "shared-rand-previous-value"),
            SharedRandomCurrent = StatusHeader.SharedRandom(header, "shared-rand-current-value"),
            LegacyIdentity = header.Optional("legacy-dir-key") is { } legacy ? RelayFingerprint.Parse(legacy.Argument(0)) : null,
            Certificate = ReadCertificate(parts),
            Relays = ReadRelays(parts, flags),
        };
    }

    private static ImmutableArray<int> ReadMethods(DocumentItem line) =>
        line.Arguments.Length is > 0 and <= MaximumMethods
            ? [.. Enumerable.Range(0, line.Arguments.Length).Select(i => (int)line.Number(i, 1, int.MaxValue))]
            : throw line.Fault($"needs 1 to {MaximumMethods} numbers");

    private static ImmutableArray<SharedRandomCommit> ReadCommits(DocumentSection header)
    {
        var lines = header.Many("shared-rand-commit");
        return lines.Count <= MaximumCommits
            ? [.. lines.Select(l => SharedRandomCommit.Parse(l.Arguments)).OfType<SharedRandomCommit>()]
            : throw new ProtocolException($"A vote carries more than {MaximumCommits} shared random commitments.");
    }

    private static AuthorityCertificate ReadCertificate(StatusDocument parts)
    {
        var (first, last) = (parts.Header.One(AuthorityCertificate.FirstKeyword), parts.Header.One(AuthorityCertificate.LastKeyword));
        return first.Start < last.Start
            ? AuthorityCertificate.Parse(parts.Document.Span[first.Start..last.End])
            : throw new ProtocolException("A vote's certificate ends before it begins.");
    }

    private static ImmutableArray<VoteRelay> ReadRelays(StatusDocument parts, ImmutableArray<string> knownFlags)
    {
        var relays = ImmutableArray.CreateBuilder<VoteRelay>(parts.Relays.Count);
        var identities = new HashSet<Ed25519Identity>();
        var flags = knownFlags.ToHashSet(StringComparer.Ordinal);
        foreach (var lines in parts.Relays)
        {
            var relay = VoteRelayReader.Read(lines, flags);
            if (relays.Count > 0 && relays[^1].Fingerprint.CompareTo(relay.Fingerprint) >= 0)
            {
                throw new ProtocolException("The relays of a vote are not in order.");
            }

            if (relay.Ed25519 is { } identity && !identities.Add(identity))
            {
                throw new ProtocolException("Two relays of a vote have the same Ed25519 identity.");
            }

            relays.Add(relay);
        }

        return relays.MoveToImmutable();
    }
}
