using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Handshakes;

namespace OnionHost.Protocol.Cells;

/// <summary>CREATE2: asks the relay at the other end of the link to become a circuit's first hop (tor-spec 5.1).</summary>
/// <param name="Type">Which handshake.</param>
/// <param name="Onionskin">The client's half of it, at most 505 bytes.</param>
public readonly record struct Create2Cell(HandshakeType Type, ReadOnlyMemory<byte> Onionskin)
{
    /// <summary>Reads the payload; what follows is padding.</summary>
    /// <exception cref="ProtocolException">It is truncated.</exception>
    public static Create2Cell Read(ref SpanReader reader)
    {
        var type = (HandshakeType)reader.ReadUInt16();
        return new Create2Cell(type, reader.ReadBytes(reader.ReadUInt16()).ToArray());
    }

    /// <summary>Writes the payload without padding.</summary>
    public void Write(ref SpanWriter writer)
    {
        writer.WriteUInt16((ushort)Type);
        writer.WriteUInt16(checked((ushort)Onionskin.Length));
        writer.WriteBytes(Onionskin.Span);
    }
}
