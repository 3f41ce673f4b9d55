using System.Net;
using System.Net.Sockets;

namespace OnionHost.Network.Paths;

/// <summary>Which addresses count as one place: the same /16 of IPv4 or /32 of IPv6 (path-spec 2.2).</summary>
internal static class Subnets
{
    private const int IPv4Bytes = 2;
    private const int IPv6Bytes = 4;

    /// <summary>True if an address of the one is in the same subnet as an address of the other.</summary>
    public static bool Overlap(IEnumerable<IPAddress> one, IEnumerable<IPAddress> other)
    {
        var others = other as IReadOnlyCollection<IPAddress> ?? [.. other];
        return one.Any(a => others.Any(b => AreOne(a, b)));
    }

    private static bool AreOne(IPAddress one, IPAddress other)
    {
        if (one.AddressFamily != other.AddressFamily)
        {
            return false;
        }

        Span<byte> first = stackalloc byte[16];
        Span<byte> second = stackalloc byte[16];
        if (!one.TryWriteBytes(first, out _) || !other.TryWriteBytes(second, out _))
        {
            return false;
        }

        var prefix = one.AddressFamily == AddressFamily.InterNetwork ? IPv4Bytes : IPv6Bytes;
        return first[..prefix].SequenceEqual(second[..prefix]);
    }
}
