using OnionHost.Protocol.Encoding;

namespace OnionHost.Protocol.Cells;

/// <summary>CREATED2: the relay's half of the handshake (tor-spec 5.1). EXTENDED2 has the same form.</summary>
/// <param name="Reply">The handshake's bytes, at most 507.</param>
public readonly record struct Created2Cell(ReadOnlyMemory<byte> Reply)
{
    /// <summary>Reads the payload; what follows is padding.</summary>
    /// <exception cref="ProtocolException">It is truncated.</exception>
    public static Created2Cell Read(ref SpanReader reader) => new(reader.ReadBytes(reader.ReadUInt16()).ToArray());

    /// <summary>Writes the payload without padding.</summary>
    public void Write(ref SpanWriter writer)
    {
        writer.WriteUInt16(checked((ushort)Reply.Length));
        writer.WriteBytes(Reply.Span);
    }
}
