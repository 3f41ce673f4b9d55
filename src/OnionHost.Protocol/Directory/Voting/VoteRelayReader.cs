using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Directory.Voting;

/// <summary>Reads a relay's lines in a vote (dir-spec 3.4.1).</summary>
internal static class VoteRelayReader
{
    private const int MaximumDigests = 32;

    /// <summary>Reads the lines, of which the first is <c>r</c>.</summary>
    public static VoteRelay Read(IReadOnlyList<DocumentItem> lines, IReadOnlySet<string> knownFlags)
    {
        var section = new DocumentSection("vote on a relay", lines);
        var router = RouterLine.Read(section.First("r"), hasDigest: true);
        var weights = section.Optional("w");
        var (listsIdentity, identity) = ReadIdentity(section);
        return new VoteRelay
        {
            Nickname = router.Nickname,
            Fingerprint = router.Fingerprint,
            DescriptorDigest = router.Descriptor!.Value,
            Published = router.Published,
            Address = router.Address,
            OrPort = router.OrPort,
            DirPort = router.DirPort,
            Ipv6 = ReadIpv6(section),
            Flags = ReadFlags(section.One("s"), knownFlags),
            Version = section.Optional("v")?.ArgumentText,
            Protocols = section.One("pr").ArgumentText,
            Bandwidth = ReadWeight(weights, "Bandwidth="),
            Measured = ReadWeight(weights, "Measured="),
            Policy = section.Optional("p")?.ArgumentText,
            ListsEd25519 = listsIdentity,
            Ed25519 = identity,
            Microdescriptors = ReadMicrodescriptors(section),
        };
    }

    private static IPEndPoint? ReadIpv6(DocumentSection section) =>
        section.Many("a").Select(a => a.EndPoint(0)).FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetworkV6);

    private static ImmutableArray<string> ReadFlags(DocumentItem line, IReadOnlySet<string> known) =>
        line.Arguments.All(known.Contains) ? line.Arguments : throw line.Fault("names a flag that the vote does not know");

    private static uint? ReadWeight(DocumentItem? line, string name)
    {
        var word = line?.Arguments.FirstOrDefault(a => a.StartsWith(name, StringComparison.Ordinal));
        return word is null ? null
            : uint.TryParse(word.AsSpan(name.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value
            : throw line!.Fault($"needs a number after {name}");
    }

    private static (bool Lists, Ed25519Identity? Identity) ReadIdentity(DocumentSection section)
    {
        if (section.Many("id").FirstOrDefault(i => i.Argument(0) == "ed25519") is not { } line)
        {
            return (false, null);
        }

        return (true, line.Argument(1) == "none" ? null : Ed25519Identity.Parse(line.Argument(1)));
    }

    private static ImmutableArray<VoteMicrodescriptor> ReadMicrodescriptors(DocumentSection section)
    {
        var lines = section.Many("m");
        return lines.Count <= MaximumDigests
            ? [.. lines.Select(ReadMicrodescriptor).OfType<VoteMicrodescriptor>()]
            : throw new ProtocolException($"A vote names more than {MaximumDigests} microdescriptors for a relay.");
    }

    private static VoteMicrodescriptor? ReadMicrodescriptor(DocumentItem line)
    {
        const string prefix = "sha256=";
        if (line.Arguments.Skip(1).FirstOrDefault(a => a.StartsWith(prefix, StringComparison.Ordinal)) is not { } digest)
        {
            return null;
        }

        var methods = line.Argument(0).Split(',').Select(m =>
            int.TryParse(m, NumberStyles.None, CultureInfo.InvariantCulture, out var method) ? method : throw line.Fault("needs consensus methods"));
        return new VoteMicrodescriptor([.. methods], Digest256.Parse(digest.AsSpan(prefix.Length)));
    }
}
