using OnionHost.Protocol.Encoding;

namespace OnionHost.Protocol.Messages;

/// <summary>EXTENDED2: the new hop's half of the handshake (tor-spec 5.1.2), the same bytes as CREATED2.</summary>
/// <param name="Reply">The handshake's bytes, at most 496.</param>
public readonly record struct Extended2Message(ReadOnlyMemory<byte> Reply)
{
    /// <summary>Reads the body.</summary>
    /// <exception cref="ProtocolException">It is truncated.</exception>
    public static Extended2Message Read(ref SpanReader reader) => new(reader.ReadBytes(reader.ReadUInt16()).ToArray());

    /// <summary>Writes the body.</summary>
    public void Write(ref SpanWriter writer)
    {
        writer.WriteUInt16(checked((ushort)Reply.Length));
        writer.WriteBytes(Reply.Span);
    }
}
