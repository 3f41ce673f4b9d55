using System.Net;
using OnionHost.Network.Paths;

namespace OnionHost.Network.Socks;

/// <summary>Turns a client's address and authentication into the key that keeps circuits apart.</summary>
internal static class SocksIsolation
{
    private static ReadOnlySpan<byte> ExtendedPrefix => "<torS0X>"u8;

    /// <summary>Without authentication: by client address alone.</summary>
    public static IsolationKey Of(IPAddress client) => new($"{client}|none");

    /// <summary>By client address, user and password; the hexadecimal form keeps the two apart.</summary>
    public static IsolationKey Of(IPAddress client, ReadOnlySpan<byte> user, ReadOnlySpan<byte> password) =>
        new($"{client}|{Convert.ToHexString(user)}:{Convert.ToHexString(password)}");

    /// <summary>
    /// Also understands <c>&lt;torS0X&gt;0</c>, Tor's extended parameters of version 0: the password alone isolates.
    /// Every other name that begins so is refused.
    /// </summary>
    public static bool TryRead(IPAddress client, ReadOnlySpan<byte> user, ReadOnlySpan<byte> password, out IsolationKey isolation)
    {
        isolation = Of(client, user, password);
        if (!user.StartsWith(ExtendedPrefix))
        {
            return true;
        }

        var format = user[ExtendedPrefix.Length..];
        isolation = new($"{client}|0:{Convert.ToHexString(password)}");
        return format.SequenceEqual("0"u8);
    }
}
