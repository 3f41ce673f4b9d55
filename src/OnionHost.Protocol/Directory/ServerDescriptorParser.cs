using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Directory;

/// <summary>Reads server descriptors by the rules of authorities (dir-spec 2.1.1).</summary>
internal static class ServerDescriptorParser
{
    private const int RelayKeyBits = 1024;

    public static ServerDescriptor Parse(ReadOnlySpan<byte> document)
    {
        if (document.Length > ServerDescriptor.MaximumSize)
        {
            throw new ProtocolException("Router descriptor was too large.");
        }

        var bytes = document.ToArray();
        var section = DocumentSection.ReadAll("server descriptor", new DocumentReader(bytes));
        var router = section.First(ServerDescriptor.FirstKeyword);
        CheckOrder(section);
        var bandwidth = section.One("bandwidth");
        var keys = ServerDescriptorSignatures.Verify(bytes, section, ReadKey(section, "signing-key"), ReadKey(section, "onion-key"));
        return new ServerDescriptor
        {
            Nickname = Nickname.Parse(router.Argument(0)),
            Address = router.IPv4(1),
            OrPort = router.Port(2),
            DirPort = router.Port(4),
            ExtraAddresses = [.. section.Many("or-address").Take(8).Select(item => item.EndPoint(0))],
            Platform = section.Optional("platform")?.ArgumentText ?? string.Empty,
            Protocols = ProtocolVersions.Parse(section.One("proto").ArgumentText),
            Published = section.One("published").Time(0),
            Expires = keys.Expires,
            Uptime = TimeSpan.FromSeconds(section.Optional("uptime")?.Number(0, 0, uint.MaxValue) ?? 0),
            BandwidthRate = (uint)bandwidth.Number(0, 0, uint.MaxValue),
            BandwidthBurst = (uint)bandwidth.Number(1, 0, uint.MaxValue),
            BandwidthObserved = (uint)bandwidth.Number(2, 0, uint.MaxValue),
            IdentityKey = keys.IdentityKey,
            TapOnionKey = keys.TapOnionKey,
            Identity = keys.Identity,
            OnionKey = keys.OnionKey,
            Family = section.Optional("family")?.Arguments ?? [],
            FamilyIds = keys.FamilyIds,
            IsHiddenServiceDirectory = section.Optional("hidden-service-dir") is not null,
            IsDirectoryCache = section.Optional("tunnelled-dir-server") is not null || router.Port(4) != 0,
            IsHibernating = section.Optional("hibernating") is { } hibernating && hibernating.Argument(0) == "1",
            Contact = section.Optional("contact")?.ArgumentText,
            ExtraInfoDigest = section.Optional("extra-info-digest") is { } extra ? Digest160.Parse(extra.Argument(0)) : null,
            ExtraInfoDigest256 = section.Optional("extra-info-digest") is { Arguments.Length: > 1 } both ? Digest256.Parse(both.Argument(1)) : null,
            Policy = ReadPolicy(section),
            PolicyIPv6 = section.Optional("ipv6-policy") is { } p6 ? ExitPolicySummary.Parse(p6.ArgumentText) : ExitPolicySummary.RejectAll,
            Digest = keys.Digest,
            Bytes = bytes,
        };
    }

    private static void CheckOrder(DocumentSection section)
    {
        if (section.Items.Length < 2 || section.Items[1] != section.One("identity-ed25519"))
        {
            throw new ProtocolException("Ed25519 certificate in wrong position.");
        }

        section.Last("router-signature");
        if (section.Items[^2] != section.One("router-sig-ed25519"))
        {
            throw new ProtocolException("Ed25519 signature in wrong position.");
        }
    }

    private static RsaPublicKey ReadKey(DocumentSection section, string keyword)
    {
        var key = RsaPublicKey.FromPkcs1(section.One(keyword).ObjectBytes("RSA PUBLIC KEY").Span);
        return key.Bits == RelayKeyBits ? key : throw new ProtocolException($"The key '{keyword}' of a server descriptor must have {RelayKeyBits} bits.");
    }

    private static ExitPolicy ReadPolicy(DocumentSection section)
    {
        if (section.Has("accept6") || section.Has("reject6"))
        {
            throw new ProtocolException("A server descriptor must not have accept6 or reject6 lines.");
        }

        var rules = section.Items.Where(i => i.Keyword is "accept" or "reject")
            .SelectMany(i => ExitPolicyRule.Parse($"{i.Keyword} {i.ArgumentText}")).ToImmutableArray();
        return rules.IsEmpty ? throw new ProtocolException("No exit policy tokens in descriptor.") : new ExitPolicy(rules);
    }
}
