using OnionHost.Protocol.Directory;

namespace OnionHost.Cli.Inspection;

/// <summary>Explains what relays say about themselves. Reading verifies the signatures.</summary>
internal static class RelayDocuments
{
    /// <summary>A server descriptor (dir-spec 2.1.1).</summary>
    public static DocumentReport Descriptor(ReadOnlyMemory<byte> text)
    {
        var relay = ServerDescriptor.Parse(text.Span);
        return new DocumentReport("server descriptor")
            .Say("nickname", relay.Nickname.ToString())
            .Say("fingerprint", relay.Fingerprint.ToString())
            .Say("ed25519", relay.Identity.ToString())
            .Say("address", relay.Address.ToString())
            .Say("orPort", relay.OrPort)
            .Say("dirPort", relay.DirPort)
            .Say("extraAddresses", relay.ExtraAddresses.Select(address => address.ToString()).ToArray())
            .Say("platform", relay.Platform)
            .Say("protocols", relay.Protocols.ToString())
            .Say("published", relay.Published.ToString("u"))
            .Say("uptimeSeconds", (long)relay.Uptime.TotalSeconds)
            .Say("bandwidthRate", relay.BandwidthRate)
            .Say("bandwidthBurst", relay.BandwidthBurst)
            .Say("bandwidthObserved", relay.BandwidthObserved)
            .Say("ntorOnionKey", relay.OnionKey.ToString())
            .Say("family", relay.Family.ToArray())
            .Say("isDirectoryCache", relay.IsDirectoryCache)
            .Say("storesOnionDescriptors", relay.IsHiddenServiceDirectory)
            .Say("contact", relay.Contact)
            .Say("exitPolicy", relay.Policy.ToString())
            .Say("exitPolicySummary", relay.Policy.Summarize().ToString())
            .Say("digest", relay.Digest.ToString())
            .Check("signed with its RSA identity and its Ed25519 signing key; the onion keys are its own", true);
    }

    /// <summary>An extra-info document (dir-spec 2.1.2).</summary>
    public static DocumentReport Extra(ReadOnlyMemory<byte> text)
    {
        var extra = ExtraInfo.Parse(text.Span);
        return new DocumentReport("extra-info document")
            .Say("nickname", extra.Nickname.ToString())
            .Say("fingerprint", extra.Fingerprint.ToString())
            .Say("ed25519", extra.Identity.ToString())
            .Say("published", extra.Published.ToString("u"))
            .Say("digest", extra.Digest.ToString())
            .Check("signed with its Ed25519 signing key", true)
            .Check("signed with its RSA identity: needs the server descriptor", null);
    }

    /// <summary>A microdescriptor (dir-spec 3.3). Nobody signs it: a consensus names its digest.</summary>
    public static DocumentReport Micro(ReadOnlyMemory<byte> text)
    {
        var micro = Microdescriptor.Parse(text.Span);
        return new DocumentReport("microdescriptor")
            .Say("digest", micro.Digest.ToString())
            .Say("ed25519", micro.Identity?.ToString())
            .Say("ntorOnionKey", micro.OnionKey.ToString())
            .Say("family", micro.Family.ToArray())
            .Say("familyIds", micro.FamilyIds.ToArray())
            .Say("exitPolicySummary", micro.Policy.ToString())
            .Say("exitPolicySummaryIPv6", micro.PolicyIPv6.ToString());
    }
}
