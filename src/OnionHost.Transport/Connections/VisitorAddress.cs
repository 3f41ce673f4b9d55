using System.Buffers.Binary;
using System.Net;

namespace OnionHost.Transport.Connections;

/// <summary>
/// The stand-in for a visitor's address: <c>fc00:dead:beef:4dad::/96</c> and the circuit's number in the low 32 bits, the same
/// private addresses that tor gives out in the PROXY protocol (haproxy-proxy in tor-spec). An address must be there: without one
/// the forwarded-headers middleware trusts whatever the visitor claims, and 127.0.0.1 would be trusted as a proxy.
/// </summary>
internal static class VisitorAddress
{
    private static ReadOnlySpan<byte> Prefix => [0xfc, 0x00, 0xde, 0xad, 0xbe, 0xef, 0x4d, 0xad];

    public static IPAddress Of(uint circuit)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        Prefix.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[12..], circuit);
        return new IPAddress(bytes);
    }
}
