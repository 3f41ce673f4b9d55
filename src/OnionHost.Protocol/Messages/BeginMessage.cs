using System.Globalization;
using OnionHost.Protocol.Encoding;

namespace OnionHost.Protocol.Messages;

/// <summary>BEGIN: open a stream to a host and port (tor-spec 6.2).</summary>
/// <param name="Host">A name or an address literal, IPv6 without brackets; empty towards an onion service.</param>
/// <param name="Port">1 to 65535.</param>
/// <param name="Flags">Bits of <see cref="IPv6Allowed"/>, <see cref="IPv4Refused"/>, <see cref="IPv6Preferred"/>.</param>
public readonly record struct BeginMessage(string Host, ushort Port, uint Flags)
{
    /// <summary>The exit may connect over IPv6.</summary>
    public const uint IPv6Allowed = 1;

    /// <summary>The exit may not connect over IPv4.</summary>
    public const uint IPv4Refused = 2;

    /// <summary>IPv6 comes first if both are there.</summary>
    public const uint IPv6Preferred = 4;

    /// <summary>Reads the body. Flags that are not there are zero.</summary>
    /// <exception cref="ProtocolException">The terminating NUL or a port is missing, or the text is not printable ASCII.</exception>
    public static BeginMessage Read(ref SpanReader reader)
    {
        var target = HostText.Read(ref reader);
        var colon = target.LastIndexOf(':');
        if (colon < 0 || !ushort.TryParse(target.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0)
        {
            throw new ProtocolException("BEGIN has no port.");
        }

        var host = target[..colon];
        if (host.StartsWith('[') && host.EndsWith(']'))
        {
            host = host[1..^1];
        }

        return new BeginMessage(host, port, reader.Remaining >= 4 ? reader.ReadUInt32() : 0);
    }

    /// <summary>Writes the body; IPv6 literals get brackets.</summary>
    public void Write(ref SpanWriter writer)
    {
        var host = Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;
        HostText.Write(ref writer, string.Create(CultureInfo.InvariantCulture, $"{host}:{Port}"));
        writer.WriteUInt32(Flags);
    }
}
