using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace OnionHost.Cli.Settings;

/// <summary>What values of options look like.</summary>
internal static class Parsers
{
    private static readonly (string Unit, long Factor)[] Sizes = [("KB", 1 << 10), ("MB", 1 << 20), ("GB", 1 << 30), ("K", 1 << 10), ("M", 1 << 20), ("G", 1 << 30), ("B", 1), (string.Empty, 1)];

    /// <summary>A port, 0 to 65535.</summary>
    public static bool Port(string text, out int port)
    {
        var isPort = ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value);
        port = value;
        return isPort;
    }

    /// <summary>A whole number of at least 0.</summary>
    public static bool Count(string text, out int count) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count);

    /// <summary>An IP address.</summary>
    public static bool Address(string text, out IPAddress address)
    {
        var isAddress = IPAddress.TryParse(text, out var value);
        address = value ?? IPAddress.None;
        return isAddress;
    }

    /// <summary><c>HOST:PORT</c> on this machine, or a port alone: then on loopback.</summary>
    public static bool LocalEndPoint(string text, out IPEndPoint endPoint)
    {
        endPoint = new IPEndPoint(IPAddress.Loopback, 0);
        if (Port(text, out var port))
        {
            endPoint.Port = port;
            return true;
        }

        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !Port(text[(colon + 1)..], out port))
        {
            return false;
        }

        var host = text[..colon].Trim('[', ']');
        var isKnown = host == "localhost" || IPAddress.TryParse(host, out _);
        endPoint = isKnown ? new IPEndPoint(host == "localhost" ? IPAddress.Loopback : IPAddress.Parse(host), port) : endPoint;
        return isKnown;
    }

    /// <summary>A host name or address and a port of 1 to 65535.</summary>
    public static bool HostAndPort(string text, out DnsEndPoint endPoint)
    {
        var colon = text.LastIndexOf(':');
        var isValid = colon > 0 & Port(text[(colon + 1)..], out var port) && port > 0;
        var host = colon > 0 ? text[..colon].Trim('[', ']') : string.Empty;
        isValid &= Uri.CheckHostName(host) != UriHostNameType.Unknown;
        endPoint = isValid ? new DnsEndPoint(host, port, AddressFamily.Unspecified) : new DnsEndPoint("localhost", 1);
        return isValid;
    }

    /// <summary>Seconds, or a number with <c>ms</c>, <c>s</c>, <c>m</c>, <c>h</c> or <c>d</c>.</summary>
    public static bool Duration(string text, out TimeSpan duration)
    {
        var number = text.TrimEnd('m', 's', 'h', 'd');
        TimeSpan? unit = text[number.Length..] switch
        {
            "ms" => TimeSpan.FromMilliseconds(1),
            "" or "s" => TimeSpan.FromSeconds(1),
            "m" => TimeSpan.FromMinutes(1),
            "h" => TimeSpan.FromHours(1),
            "d" => TimeSpan.FromDays(1),
            _ => null,
        };
        var isValid = double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && unit is not null && value < 1e6;
        duration = isValid ? unit!.Value * value : TimeSpan.Zero;
        return isValid;
    }

    /// <summary>Bytes, or a number with <c>KB</c>, <c>MB</c> or <c>GB</c> (powers of 1024).</summary>
    public static bool Size(string text, out long bytes)
    {
        var (unit, factor) = Sizes.First(size => text.EndsWith(size.Unit, StringComparison.OrdinalIgnoreCase));
        var isSize = long.TryParse(text[..^unit.Length].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out bytes) && bytes <= long.MaxValue / factor;
        bytes = isSize ? bytes * factor : 0;
        return isSize;
    }

    /// <summary>How much is logged.</summary>
    public static bool Level(string text, out LogLevel level) =>
        Enum.TryParse(text, ignoreCase: true, out level) && Enum.IsDefined(level) && !char.IsAsciiDigit(text[0]);
}
