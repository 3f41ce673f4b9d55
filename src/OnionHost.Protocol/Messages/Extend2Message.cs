using System.Collections.Immutable;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Handshakes;

namespace OnionHost.Protocol.Messages;

/// <summary>EXTEND2: asks the last relay of a circuit to add a hop (tor-spec 5.1.2).</summary>
/// <param name="Specifiers">Which relay, and where.</param>
/// <param name="Type">Which handshake; it passes through.</param>
/// <param name="Onionskin">The client's half of the handshake.</param>
public readonly record struct Extend2Message(ImmutableArray<LinkSpecifier> Specifiers, HandshakeType Type, ReadOnlyMemory<byte> Onionskin)
{
    /// <summary>Reads the body.</summary>
    /// <exception cref="ProtocolException">It is truncated, or a link specifier has the wrong length.</exception>
    public static Extend2Message Read(ref SpanReader reader)
    {
        var specifiers = LinkSpecifiers.Read(ref reader);
        var type = (HandshakeType)reader.ReadUInt16();
        return new Extend2Message(specifiers, type, reader.ReadBytes(reader.ReadUInt16()).ToArray());
    }

    /// <summary>Writes the body.</summary>
    public void Write(ref SpanWriter writer)
    {
        LinkSpecifiers.Write(ref writer, Specifiers);
        writer.WriteUInt16((ushort)Type);
        writer.WriteUInt16(checked((ushort)Onionskin.Length));
        writer.WriteBytes(Onionskin.Span);
    }
}
