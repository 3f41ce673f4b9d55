using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using OnionHost.Protocol.Encoding;

namespace OnionHost.Protocol.Cells;

/// <summary>NETINFO: time and addresses as a side sees them; completes the link handshake (tor-spec 4.5).</summary>
/// <param name="Time">The sender's time in seconds since 1970; clients send 0.</param>
/// <param name="Peer">The receiver's address as the sender sees it; null is 0.0.0.0 on the wire.</param>
/// <param name="Own">The sender's own addresses; clients send none. Addresses of unknown kinds are left out.</param>
public readonly record struct NetinfoCell(uint Time, IPAddress? Peer, ImmutableArray<IPAddress> Own)
{
    private const byte IPv4 = 4;
    private const byte IPv6 = 6;

    /// <summary>Reads the payload; what follows the last address is padding.</summary>
    /// <exception cref="ProtocolException">It is truncated, or an address has the wrong length for its kind.</exception>
    public static NetinfoCell Read(ref SpanReader reader)
    {
        var time = reader.ReadUInt32();
        var peer = ReadAddress(ref reader) ?? throw new ProtocolException("NETINFO gives an address of an unknown kind as the receiver's.");
        var count = reader.ReadByte();
        var own = ImmutableArray.CreateBuilder<IPAddress>();
        for (var i = 0; i < count; i++)
        {
            if (ReadAddress(ref reader) is { } address)
            {
                own.Add(address);
            }
        }

        return new NetinfoCell(time, peer.Equals(IPAddress.Any) ? null : peer, own.ToImmutable());
    }

    /// <summary>Writes the payload without padding.</summary>
    public void Write(ref SpanWriter writer)
    {
        writer.WriteUInt32(Time);
        WriteAddress(ref writer, Peer ?? IPAddress.Any);
        writer.WriteByte(checked((byte)Own.Length));
        foreach (var address in Own)
        {
            WriteAddress(ref writer, address);
        }
    }

    private static IPAddress? ReadAddress(ref SpanReader reader)
    {
        var type = reader.ReadByte();
        var bytes = reader.ReadBytes(reader.ReadByte());
        return (type, bytes.Length) switch
        {
            (IPv4, 4) or (IPv6, 16) => new IPAddress(bytes),
            (IPv4 or IPv6, _) => throw new ProtocolException($"NETINFO has an address of kind {type} with {bytes.Length} bytes."),
            _ => null,
        };
    }

    private static void WriteAddress(ref SpanWriter writer, IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        var size = plain.AddressFamily == AddressFamily.InterNetwork ? 4 : 16;
        writer.WriteByte(size == 4 ? IPv4 : IPv6);
        writer.WriteByte((byte)size);
        plain.TryWriteBytes(writer.Reserve(size), out _);
    }
}
