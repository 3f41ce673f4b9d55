using System.Collections.Immutable;
using System.Net;

namespace OnionHost.Protocol.Directory;

/// <summary>The address ranges that are not on the Internet: what <c>private</c> means in an exit policy (dir-spec 2.1.3).</summary>
public static class PrivateNetworks
{
    /// <summary>IPv4 and IPv6 ranges.</summary>
    public static ImmutableArray<IPNetwork> All { get; } =
    [
        .. new[]
        {
            "0.0.0.0/8", "169.254.0.0/16", "127.0.0.0/8", "192.168.0.0/16", "10.0.0.0/8", "172.16.0.0/12",
            "::/8", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8", "::/127",
        }.Select(text => IPNetwork.Parse(text)),
    ];

    /// <summary>True if the address lies in one of the ranges; IPv4 addresses written as IPv6 count as IPv4.</summary>
    public static bool Contains(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        foreach (var network in All)
        {
            if (network.Contains(plain))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The network of <paramref name="length"/> bits that the address lies in.</summary>
    internal static IPNetwork Mask(IPAddress address, int length)
    {
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
        {
            var kept = Math.Clamp(length - (i * 8), 0, 8);
            bytes[i] &= (byte)(0xff00 >> kept);
        }

        return new IPNetwork(new IPAddress(bytes), length);
    }
}
