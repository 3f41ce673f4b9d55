using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OnionHost.Network.Socks;

/// <summary>Checks and normalises the host of a request.</summary>
internal static class SocksHost
{
    private const int LongestName = 255;

    /// <summary>A host name in ASCII, lower case, or an IP literal without brackets; null if it is neither.</summary>
    public static string? Normalize(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || bytes.Length > LongestName)
        {
            return null;
        }

        var text = Encoding.Latin1.GetString(bytes);
        if (text.StartsWith('[') && text.EndsWith(']'))
        {
            return TryParseIPv6(text[1..^1]);
        }

        if (text.Contains(':', StringComparison.Ordinal))
        {
            return TryParseIPv6(text);
        }

        foreach (var character in text)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not '-' and not '_' and not '.')
            {
                return null;
            }
        }

        text = text.ToLowerInvariant();
        return text.StartsWith('.') || text.Contains("..", StringComparison.Ordinal) ? null : text;
    }

    /// <summary>True for the names that ask for a certain exit, which no dialer gets to see.</summary>
    public static bool IsExitName(string host) => HasSuffix(host, ".exit");

    /// <summary>True for onion names of whatever form; only an onion dialer may judge them.</summary>
    public static bool IsOnionName(string host) => HasSuffix(host, ".onion");

    /// <summary>The <c>in-addr.arpa</c> or <c>ip6.arpa</c> name of an address.</summary>
    public static string ReverseName(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            return $"{bytes[3]}.{bytes[2]}.{bytes[1]}.{bytes[0]}.in-addr.arpa";
        }

        var nibbles = Convert.ToHexStringLower(bytes).Reverse();
        return string.Join('.', nibbles) + ".ip6.arpa";
    }

    private static bool HasSuffix(string host, string suffix) => host.AsSpan().TrimEnd('.').EndsWith(suffix, StringComparison.OrdinalIgnoreCase);

    private static string? TryParseIPv6(string text) =>
        IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId == 0
            ? address.ToString()
            : null;
}
