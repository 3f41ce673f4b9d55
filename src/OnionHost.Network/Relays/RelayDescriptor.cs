using System.Net;
using System.Text;
using OnionHost.Network.Relays.Keys;
using OnionHost.Protocol.Certificates;
using OnionHost.Protocol.Directory;

namespace OnionHost.Network.Relays;

/// <summary>What a relay tells the directory about itself (dir-spec 2.1.1).</summary>
internal static class RelayDescriptor
{
    /// <summary>Only what this relay does: clients and relays choose what they ask of it by this line.</summary>
    internal const string Protocols =
        "Cons=1-2 Desc=1-2 DirCache=2 FlowCtrl=1-2 HSDir=2 HSIntro=4-5 HSRend=1-2 Link=3-5 LinkAuth=3 Microdesc=1-2 Relay=2-4";

    private static readonly TimeSpan FamilyCertificateLifetime = TimeSpan.FromDays(30);

    /// <summary>Builds and signs the descriptor and its extra-info.</summary>
    public static RelayDocuments Build(NodeContext context, RelayOptions options, RelayKeys keys, RelayAddresses addresses, RelayUse use)
    {
        var signing = keys.Signing;
        var onion = keys.OnionKeys;
        var now = context.Now;
        var signers = new ServerDescriptorKeys(keys.RsaIdentity, onion.Rsa, signing.Key, signing.Certificate, onion.Ntor.Current);
        var extra = ExtraInfo.Parse(Encoding.UTF8.GetBytes(ExtraInfoBuilder.Build(options.Nickname, now, signers)));
        var content = new ServerDescriptorContent
        {
            Nickname = options.Nickname,
            Address = addresses.IPv4.Address,
            OrPort = (ushort)addresses.IPv4.Port,
            DirPort = (ushort)options.DirPort,
            ExtraAddress = addresses.IPv6,
            Platform = SoftwareVersion.Platform,
            Protocols = ProtocolVersions.Parse(Protocols),
            Published = now,
            Uptime = now > use.Started ? now - use.Started : TimeSpan.Zero, // The clock may have been set back.
            BandwidthRate = Limit(options.BandwidthRate),
            BandwidthBurst = Limit(options.BandwidthBurst),
            BandwidthObserved = Limit(use.BandwidthObserved),
            Family = [.. options.Family],
            FamilyCertificates = [.. options.FamilyKeys.Select(family => Ed25519Certificate.Create(
                Ed25519CertificateType.Family, keys.Identity, context.Now + FamilyCertificateLifetime, family).Bytes)],
            IsHiddenServiceDirectory = options.IsHsDir,
            IsDirectoryCache = options.IsDirectoryCache,
            ExtraInfo = extra,
            Contact = options.Contact,
            Policy = options.AllowPrivateAddresses ? options.Policy : options.Policy.WithoutPrivateNetworks(),
        };
        return new RelayDocuments(ServerDescriptor.Parse(Encoding.UTF8.GetBytes(ServerDescriptorBuilder.Build(content, signers))), extra);
    }

    private static uint Limit(long bytes) => (uint)Math.Clamp(bytes, 0, int.MaxValue);
}
