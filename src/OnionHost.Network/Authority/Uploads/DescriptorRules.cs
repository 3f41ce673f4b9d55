using System.Net;
using System.Net.Sockets;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Directory.Voting;

namespace OnionHost.Network.Authority.Uploads;

/// <summary>Which descriptors authorities refuse or ignore (dir-spec 3.2), beyond what every reader checks.</summary>
internal static class DescriptorRules
{
    private const string OldestVersion = "0.4.8.0-alpha-dev";

    private static readonly TimeSpan MostAhead = TimeSpan.FromHours(12);
    private static readonly TimeSpan MostBehind = TimeSpan.FromHours(24);
    private static readonly TimeSpan AlwaysNews = TimeSpan.FromHours(2);
    private static readonly TimeSpan UptimeNews = TimeSpan.FromHours(6);

    /// <summary>Why the descriptor is refused; null if it is not.</summary>
    public static string? Rejection(ServerDescriptor descriptor, AuthorityOptions options, DateTimeOffset now)
    {
        if (descriptor.Bytes.Length > ServerDescriptor.MaximumSize)
        {
            return "Router descriptor was too large.";
        }

        if (options.Rejected.Contains(descriptor.Fingerprint))
        {
            return "Fingerprint is marked rejected -- if you think this is a mistake please set a valid email address in ContactInfo.";
        }

        if (descriptor.Published > now + MostAhead)
        {
            return "Rejected: Your clock is set too far in the future, or your timezone is not correct.";
        }

        if (descriptor.Published < now - MostBehind)
        {
            return "Rejected: Server is expired, or your clock is too far in the past, or your timezone is not correct.";
        }

        if (descriptor.Expires <= now)
        {
            return "Some certs on this router are expired.";
        }

        if (IsTooOld(descriptor.Platform))
        {
            return "Tor version is insecure or unsupported. Please upgrade!";
        }

        return !options.AllowPrivateAddresses && !IsPublic(descriptor.Address) ? "Rejected: Address is a private address." : null;
    }

    /// <summary>
    /// True if the newer descriptor says nothing that matters: authorities then keep the old one. A new ntor key or
    /// certificate alone does not matter to them.
    /// </summary>
    public static bool IsCosmetic(ServerDescriptor old, ServerDescriptor newer) =>
        newer.Published - old.Published <= AlwaysNews
        && old.Address.Equals(newer.Address)
        && (old.OrPort, old.DirPort, old.Nickname) == (newer.OrPort, newer.DirPort, newer.Nickname)
        && old.ExtraAddresses.SequenceEqual(newer.ExtraAddresses)
        && old.TapOnionKey.Equals(newer.TapOnionKey)
        && old.IdentityKey.Equals(newer.IdentityKey)
        && old.Identity == newer.Identity
        && (old.Platform, old.Contact, old.IsHibernating) == (newer.Platform, newer.Contact, newer.IsHibernating)
        && (old.IsDirectoryCache, old.BandwidthRate, old.BandwidthBurst) == (newer.IsDirectoryCache, newer.BandwidthRate, newer.BandwidthBurst)
        && old.Family.SequenceEqual(newer.Family)
        && old.Policy.ToString() == newer.Policy.ToString()
        && !IsDoubled(old.BandwidthObserved, newer.BandwidthObserved)
        && !IsRestarted(old, newer);

    private static bool IsDoubled(uint old, uint newer) => newer > 2UL * old || old > 2UL * newer;

    private static bool IsRestarted(ServerDescriptor old, ServerDescriptor newer)
    {
        var expected = old.Uptime + (newer.Published - old.Published);
        return (newer.Uptime - expected).Duration() > UptimeNews;
    }

    private static bool IsTooOld(string platform)
    {
        var words = platform.Split(' ');
        return words.Length > 1 && words[0] == "Tor" && TorVersionOrder.Instance.Compare(words[1], OldestVersion) < 0;
    }

    private static bool IsPublic(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetwork)
        {
            return false;
        }

        var bytes = address.GetAddressBytes();
        return bytes[0] is not (0 or 10 or 127) && bytes[0] < 224
            && (bytes[0], bytes[1]) is not ((169, 254) or (192, 168))
            && !(bytes[0] == 172 && bytes[1] is >= 16 and < 32);
    }
}
