using System.Net;
using OnionHost.Dht.Descriptors;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Directory.Voting;
using OnionHost.Protocol.Messages;

namespace OnionHost.InteropTests.Stem;

/// <summary>What we know of our documents, in the words and the order of the script's answer.</summary>
internal static class OurReading
{
    public static object Of(ServerDescriptor server) => new
    {
        nickname = $"{server.Nickname}",
        fingerprint = $"{server.Fingerprint}",
        address = $"{server.Address}",
        orPort = server.OrPort,
        dirPort = server.DirPort,
        more = More(server.ExtraAddresses),
        rate = server.BandwidthRate,
        burst = server.BandwidthBurst,
        observed = server.BandwidthObserved,
        contact = server.Contact,
        platform = server.Platform,
        family = server.Family.Order(StringComparer.Ordinal),
        policy = string.Join(", ", server.Policy.Rules),
        policy6 = $"{server.PolicyIPv6}",
        hsDir = server.IsHiddenServiceDirectory,
        tunnelled = server.IsDirectoryCache,
        hibernating = server.IsHibernating,
        protocols = Protocols(server.Protocols),
        published = Time(server.Published),
        uptime = (long)server.Uptime.TotalSeconds,
        identity = $"{server.Identity}",
        ntor = $"{server.OnionKey}",
        digest = $"{server.Digest}",
        extra = $"{server.ExtraInfoDigest}",
        extra256 = $"{server.ExtraInfoDigest256}",
    };

    public static object Of(ExtraInfo extra) => new
    {
        nickname = $"{extra.Nickname}", fingerprint = $"{extra.Fingerprint}", published = Time(extra.Published), digest = $"{extra.Digest}", digest256 = $"{extra.Digest256}",
    };

    public static object Of(Microdescriptor micro) => new
    {
        ntor = $"{micro.OnionKey}",
        identity = $"{micro.Identity}",
        family = micro.Family.Order(StringComparer.Ordinal),
        policy = $"{micro.Policy}",
        policy6 = $"{micro.PolicyIPv6}",
        digest = $"{micro.Digest}",
    };

    public static object Of(AuthorityCertificate certificate) => new
    {
        fingerprint = $"{certificate.Identity}", published = Time(certificate.Published), expires = Time(certificate.Expires), address = $"{certificate.Address}",
    };

    public static object Of(DetachedSignatures signatures) => new
    {
        validAfter = Time(signatures.ValidAfter),
        freshUntil = Time(signatures.FreshUntil),
        validUntil = Time(signatures.ValidUntil),
        digest = $"{signatures.Digest}",
        more = new[] { new[] { "microdesc", "sha256" } },
        signatures = signatures.Signatures.Length,
        moreSignatures = signatures.MicrodescSignatures.Length,
    };

    public static object Of(Consensus consensus) => new
    {
        header = new
        {
            validAfter = Time(consensus.ValidAfter),
            freshUntil = Time(consensus.FreshUntil),
            validUntil = Time(consensus.ValidUntil),
            voteDelay = (int)consensus.VoteDelay.TotalSeconds,
            distDelay = (int)consensus.DistributionDelay.TotalSeconds,
            knownFlags = consensus.KnownFlags.Order(StringComparer.Ordinal),
            @params = consensus.Parameters.Values,
            authorities = consensus.Authorities.Select(authority => authority.Nickname).Order(StringComparer.Ordinal),
            signatures = consensus.Signatures.Count,
        },
        routers = consensus.Relays.Select(Of),
    };

    public static object Of(Vote vote) => new
    {
        header = new
        {
            validAfter = Time(vote.Content.ValidAfter),
            freshUntil = Time(vote.Content.FreshUntil),
            validUntil = Time(vote.Content.ValidUntil),
            voteDelay = (int)vote.Content.VoteDelay.TotalSeconds,
            distDelay = (int)vote.Content.DistributionDelay.TotalSeconds,
            knownFlags = vote.Content.KnownFlags.Order(StringComparer.Ordinal),
            @params = vote.Content.Parameters.Values,
            authorities = new[] { vote.Content.Source.Nickname },
            signatures = 1,
        },
        routers = vote.Content.Relays.Select(Of),
    };

    public static object Of(FetchedDescriptor onion, int clients) => new
    {
        blinded = Convert.ToHexStringLower(onion.Key.Span),
        revision = onion.Revision,
        lifetime = (int)onion.Lifetime.TotalMinutes,
        clients,
        authType = "x25519",
        formats = new[] { 2 },
        introAuth = onion.Content.RequiresIntroductionAuth ? new[] { "ed25519" } : [],
        single = onion.Content.IsSingleOnion,
        points = onion.Content.IntroductionPoints.Select(Of),
    };

    private static object Of(IntroductionPointInfo point) => new
    {
        links = point.Specifiers.Select(specifier => (int)specifier.Type),
        ntor = Padded($"{point.OnionKey}"),
        enc = Padded($"{point.EncryptionKey}"),
        auth = Convert.ToHexStringLower(point.AuthKey.Span),
        certificates = new[] { 9, 11 },
    };

    private static object Of(ConsensusRelay relay) => new
    {
        nickname = $"{relay.Nickname}",
        fingerprint = $"{relay.Fingerprint}",
        address = $"{relay.Address}",
        orPort = relay.OrPort,
        dirPort = relay.DirPort,
        more = More(relay.ExtraAddresses),
        flags = RelayFlagNames.Format(relay.Flags).Split(' '),
        bandwidth = relay.Bandwidth,
        unmeasured = relay.Unmeasured,
        version = relay.Version,
        protocols = Protocols(relay.Protocols),
        digest = relay.MicrodescriptorDigest?.ToString() ?? relay.DescriptorDigest.ToString(),
        policy = relay.Policy?.ToString(),
    };

    private static object Of(VoteRelay relay) => new
    {
        nickname = $"{relay.Nickname}",
        fingerprint = $"{relay.Fingerprint}",
        address = $"{relay.Address}",
        orPort = relay.OrPort,
        dirPort = relay.DirPort,
        more = relay.Ipv6 is { } more ? More([more]) : [],
        flags = relay.Flags.Order(StringComparer.Ordinal),
        bandwidth = relay.Bandwidth,
        unmeasured = false,
        version = relay.Version,
        protocols = Protocols(ProtocolVersions.Parse(relay.Protocols)),
        digest = $"{relay.DescriptorDigest}",
        policy = relay.Policy,
    };

    private static string[] More(IEnumerable<IPEndPoint> endPoints) => [.. endPoints.Select(endPoint => $"{endPoint.Address} {endPoint.Port}")];

    private static Dictionary<string, int[]> Protocols(ProtocolVersions versions) => versions.Masks.OrderBy(mask => mask.Key, StringComparer.Ordinal)
        .ToDictionary(mask => mask.Key, mask => Enumerable.Range(0, 64).Where(bit => (mask.Value >> bit & 1) != 0).ToArray());

    private static string Padded(string base64) => base64.PadRight((base64.Length + 3) / 4 * 4, '=');

    private static string Time(DateTimeOffset time) => $"{time:yyyy-MM-dd HH:mm:ss}";
}
