using System.Net;
using System.Net.Sockets;
using OnionHost.Protocol.Encoding;

namespace OnionHost.Protocol.Messages;

/// <summary>CONNECTED: a stream is open (tor-spec 6.2).</summary>
/// <param name="Address">The address that the exit reached; null towards directories and onion services.</param>
/// <param name="Ttl">How long the name holds, in seconds; 0 without an address.</param>
public readonly record struct ConnectedMessage(IPAddress? Address, uint Ttl)
{
    private const byte IPv6 = 6;

    /// <summary>Reads the body; an empty one has no address.</summary>
    /// <exception cref="ProtocolException">It is truncated, or the address of an unknown kind.</exception>
    public static ConnectedMessage Read(ref SpanReader reader)
    {
        if (reader.IsAtEnd)
        {
            return default;
        }

        var first = new IPAddress(reader.ReadBytes(4));
        if (!first.Equals(IPAddress.Any))
        {
            return new ConnectedMessage(first, reader.ReadUInt32());
        }

        reader.ReadExpected(IPv6, "CONNECTED's kind of address");
        var address = new IPAddress(reader.ReadBytes(16));
        return new ConnectedMessage(address, reader.ReadUInt32());
    }

    /// <summary>Writes the body: nothing, 8 or 25 bytes.</summary>
    public void Write(ref SpanWriter writer)
    {
        if (Address is null)
        {
            return;
        }

        var isIPv4 = Address.AddressFamily == AddressFamily.InterNetwork;
        if (!isIPv4)
        {
            writer.WriteUInt32(0);
            writer.WriteByte(IPv6);
        }

        Address.TryWriteBytes(writer.Reserve(isIPv4 ? 4 : 16), out _);
        writer.WriteUInt32(Ttl);
    }
}
