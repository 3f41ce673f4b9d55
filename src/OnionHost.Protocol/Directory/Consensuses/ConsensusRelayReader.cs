using System.Globalization;
using System.Net;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Directory.Consensuses;

/// <summary>Reads a relay's lines in a consensus. Lines that this does not know are skipped.</summary>
internal static class ConsensusRelayReader
{
    private const int MaximumAddresses = 8;

    /// <summary>Reads the lines, of which the first is <c>r</c>.</summary>
    public static ConsensusRelay Read(IReadOnlyList<DocumentItem> items, ConsensusFlavor flavor)
    {
        var lines = default(Lines);
        var addresses = new List<IPEndPoint>();
        foreach (var item in items)
        {
            if (item.Keyword == "a" && addresses.Count < MaximumAddresses)
            {
                addresses.Add(item.EndPoint(0));
            }
            else
            {
                lines.Take(item);
            }
        }

        var router = RouterLine.Read(items[0], flavor == ConsensusFlavor.Ns);
        var (bandwidth, unmeasured) = ReadBandwidth(lines.Bandwidth);
        return new ConsensusRelay
        {
            Nickname = router.Nickname,
            Fingerprint = router.Fingerprint,
            DescriptorDigest = router.Descriptor,
            MicrodescriptorDigest = flavor == ConsensusFlavor.Microdesc ? ReadDigest(lines.Microdescriptor) : null,
            Published = router.Published,
            Address = router.Address,
            OrPort = router.OrPort,
            DirPort = router.DirPort,
            ExtraAddresses = addresses.Count == 0 ? [] : addresses,
            Flags = RelayFlagNames.Parse(Needed(lines.Flags, "s").Arguments.AsSpan()),
            Version = lines.Version?.ArgumentText,
            Protocols = ProtocolVersions.Parse(Needed(lines.Protocols, "pr").ArgumentText),
            Bandwidth = bandwidth,
            Unmeasured = unmeasured,
            Policy = lines.Policy is null ? null : ExitPolicySummary.Parse(lines.Policy.ArgumentText),
        };
    }

    private static DocumentItem Needed(DocumentItem? item, string keyword) =>
        item ?? throw new ProtocolException($"A relay of a consensus has no line '{keyword}'.");

    private static Digest256 ReadDigest(DocumentItem? item) => Digest256.Parse(Needed(item, "m").Argument(0));

    private static (uint Bandwidth, bool Unmeasured) ReadBandwidth(DocumentItem? item)
    {
        var (bandwidth, unmeasured) = (0u, false);
        foreach (var word in item?.Arguments ?? [])
        {
            if (word.StartsWith("Bandwidth=", StringComparison.Ordinal)
                && !uint.TryParse(word.AsSpan(10), NumberStyles.None, CultureInfo.InvariantCulture, out bandwidth))
            {
                throw item!.Fault("needs a number after Bandwidth=");
            }

            unmeasured |= word == "Unmeasured=1";
        }

        return (bandwidth, unmeasured);
    }

    /// <summary>The lines that may stand once. A struct, because a live consensus has thousands of relays.</summary>
    private struct Lines
    {
        public DocumentItem? Flags;
        public DocumentItem? Version;
        public DocumentItem? Protocols;
        public DocumentItem? Bandwidth;
        public DocumentItem? Policy;
        public DocumentItem? Microdescriptor;

        public void Take(DocumentItem item)
        {
            switch (item.Keyword)
            {
                case "s":
                    Set(ref Flags, item);
                    break;
                case "v":
                    Set(ref Version, item);
                    break;
                case "pr":
                    Set(ref Protocols, item);
                    break;
                case "w":
                    Set(ref Bandwidth, item);
                    break;
                case "p":
                    Set(ref Policy, item);
                    break;
                case "m":
                    Set(ref Microdescriptor, item);
                    break;
            }
        }

        private static void Set(ref DocumentItem? place, DocumentItem item) =>
            place = place is null ? item : throw item.Fault("stands more than once for a relay");
    }
}
