using System.Net;
using System.Net.Sockets;
using System.Text;
using OnionHost.Network.Circuits;
using OnionHost.Network.Streams;
using OnionHost.Protocol;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Socks;

/// <summary>The bytes of replies, and which code a failure has (PROTOCOL 8).</summary>
internal static class SocksReply
{
    private const byte Socks4Granted = 0x5A;
    private const byte Socks4Failed = 0x5B;
    private const byte TypeIPv4 = 1;
    private const byte TypeName = 3;
    private const byte TypeIPv6 = 4;

    /// <summary>The page for browsers that take the port for an HTTP proxy.</summary>
    public static ReadOnlySpan<byte> NotAnHttpProxy =>
        "HTTP/1.0 501 Tor is not an HTTP Proxy\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n\r\n"u8
        + "<!doctype html>\n<html lang=\"en\"><head><title>This is a SOCKS proxy</title></head><body>\n"u8
        + "<h1>This is a SOCKS proxy, not an HTTP proxy</h1>\n"u8
        + "<p>Enter this address and port as the <em>SOCKS</em> proxy of your program (SOCKS 5, with names resolved by the proxy), "u8
        + "and leave its HTTP proxy empty.</p>\n</body></html>\n"u8;

    /// <summary>A reply without an address.</summary>
    public static byte[] Write(int version, SocksReplyCode code) =>
        version == 4
            ? [0, code == SocksReplyCode.Succeeded ? Socks4Granted : Socks4Failed, 0, 0, 0, 0, 0, 0]
            : [5, (byte)code, 0, TypeIPv4, 0, 0, 0, 0, 0, 0];

    /// <summary>A RESOLVE answer: the address stands where the bound address would.</summary>
    public static byte[] WriteAddress(int version, IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        return version == 4
            ? [0, Socks4Granted, 0, 0, .. bytes]
            : [5, 0, 0, address.AddressFamily == AddressFamily.InterNetwork ? TypeIPv4 : TypeIPv6, .. bytes, 0, 0];
    }

    /// <summary>A RESOLVE_PTR answer.</summary>
    public static byte[] WriteName(ReadOnlySpan<byte> name) => [5, 0, 0, TypeName, (byte)name.Length, .. name, 0, 0];

    /// <summary>The code for a failure to connect or to resolve.</summary>
    public static SocksReplyCode CodeOf(Exception failure) => failure switch
    {
        OnionException onion => (SocksReplyCode)(byte)onion.Failure,
        StreamException stream => CodeOf(stream.Reason),
        OperationCanceledException or TimeoutException => SocksReplyCode.TtlExpired,
        _ => SocksReplyCode.GeneralFailure,
    };

    /// <summary>The code for the reason in an END message.</summary>
    public static SocksReplyCode CodeOf(EndReason reason) => (byte)reason switch
    {
        2 or 8 => SocksReplyCode.HostUnreachable,
        3 or 6 or 12 => SocksReplyCode.ConnectionRefused,
        4 => SocksReplyCode.NotAllowed,
        7 => SocksReplyCode.TtlExpired,
        _ => SocksReplyCode.GeneralFailure,
    };
}
