using System.Security.Cryptography;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Directory.Consensuses;

/// <summary>Reads a consensus of either flavour (dir-spec 3.4.1, 3.9).</summary>
internal static class ConsensusReader
{
    private const string LegacySuffix = "-legacy";

    /// <summary>Reads the whole document.</summary>
    public static Consensus Read(ReadOnlyMemory<byte> document)
    {
        var parts = StatusDocument.Read(document);
        var header = parts.Header;
        if (header.One("vote-status").Argument(0) != "consensus")
        {
            throw new ProtocolException("A network status is no consensus.");
        }

        var flavor = ReadFlavor(header.One("network-status-version"));
        var times = StatusHeader.Times(header);
        var delays = StatusHeader.Delays(header);
        return new Consensus
        {
            Flavor = flavor,
            Method = (int)header.One("consensus-method").Number(0, 1, int.MaxValue),
            ValidAfter = times.ValidAfter,
            FreshUntil = times.FreshUntil,
            ValidUntil = times.ValidUntil,
            VoteDelay = delays.Vote,
            DistributionDelay = delays.Distribution,
            ClientVersions = header.Optional("client-versions")?.ArgumentText ?? string.Empty,
            ServerVersions = header.Optional("server-versions")?.ArgumentText ?? string.Empty,
            KnownFlags = StatusHeader.KnownFlags(header),
            RecommendedClientProtocols = ReadProtocols(header, "recommended-client-protocols"),
            RecommendedRelayProtocols = ReadProtocols(header, "recommended-relay-protocols"),
            RequiredClientProtocols = ReadProtocols(header, "required-client-protocols"),
            RequiredRelayProtocols = ReadProtocols(header, "required-relay-protocols"),
            Parameters = StatusHeader.Parameters(header),
            SharedRandomCurrentValue = StatusHeader.SharedRandom(header, "shared-rand-current-value"),
            SharedRandomPreviousValue = StatusHeader.SharedRandom(header, "shared-rand-previous-value"),
            Authorities = ReadAuthorities(header),
            Relays = ReadRelays(parts, flavor),
            BandwidthWeights = parts.Footer.Optional("bandwidth-weights") is { } line ? BandwidthWeights.Parse(line.Arguments) : null,
            Signatures = parts.ReadSignatures(),
            Document = document,
            SignedPart = parts.SignedPart,
            Sha1 = new Digest160(SHA1.HashData(parts.SignedPart.Span)),
            Sha256 = new Digest256(SHA256.HashData(parts.SignedPart.Span)),
        };
    }

    private static ConsensusFlavor ReadFlavor(DocumentItem line) =>
        (line.Argument(0), line.Arguments.Length) switch
        {
            ("3", 1) => ConsensusFlavor.Ns,
            ("3", _) when line.Argument(1) is "ns" => ConsensusFlavor.Ns,
            ("3", _) when line.Argument(1) is "microdesc" => ConsensusFlavor.Microdesc,
            _ => throw line.Fault("names an unknown version or flavour"),
        };

    private static ProtocolVersions ReadProtocols(DocumentSection header, string keyword) =>
        StatusHeader.Protocols(header, keyword) ?? ProtocolVersions.Empty;

    private static List<ConsensusAuthority> ReadAuthorities(DocumentSection header)
    {
        var authorities = new List<ConsensusAuthority>();
        for (var i = 0; i < header.Items.Length; i++)
        {
            var source = header.Items[i];
            if (source.Keyword != "dir-source")
            {
                continue;
            }

            if (source.Argument(0).EndsWith(LegacySuffix, StringComparison.Ordinal))
            {
                authorities.Add(StatusHeader.Authority(source, string.Empty, null));
                continue;
            }

            if (i + 2 >= header.Items.Length || header.Items[i + 1].Keyword != "contact" || header.Items[i + 2].Keyword != "vote-digest")
            {
                throw source.Fault("needs 'contact' and 'vote-digest' after it");
            }

            authorities.Add(StatusHeader.Authority(
                source, header.Items[i + 1].ArgumentText, Digest160.Parse(header.Items[i + 2].Argument(0))));
        }

        return authorities;
    }

    private static ConsensusRelay[] ReadRelays(StatusDocument parts, ConsensusFlavor flavor)
    {
        var relays = new ConsensusRelay[parts.Relays.Count];
        for (var i = 0; i < relays.Length; i++)
        {
            relays[i] = ConsensusRelayReader.Read(parts.Relays[i], flavor);
            if (i > 0 && relays[i - 1].Fingerprint.CompareTo(relays[i].Fingerprint) >= 0)
            {
                throw new ProtocolException("The relays of a consensus are not in order.");
            }
        }

        return relays;
    }
}
