using OnionHost.Protocol.Encoding;

namespace OnionHost.Protocol.Cells;

/// <summary>PADDING_NEGOTIATE: a client asks its guard to start or stop link padding (padding-spec 2.2). It may be ignored.</summary>
/// <param name="Start">True to start, false to stop.</param>
/// <param name="LowMilliseconds">The shortest silence before padding; 0 leaves it to the receiver.</param>
/// <param name="HighMilliseconds">The longest.</param>
public readonly record struct PaddingNegotiateCell(bool Start, ushort LowMilliseconds, ushort HighMilliseconds)
{
    private const byte StopCommand = 1;
    private const byte StartCommand = 2;

    /// <summary>Reads the payload; what follows is padding.</summary>
    /// <exception cref="ProtocolException">It is truncated, or its version or command is unknown.</exception>
    public static PaddingNegotiateCell Read(ref SpanReader reader)
    {
        reader.ReadExpected(0, "PADDING_NEGOTIATE's version");
        var start = reader.ReadByte() switch
        {
            StartCommand => true,
            StopCommand => false,
            var other => throw new ProtocolException($"PADDING_NEGOTIATE has the unknown command {other}."),
        };
        return new PaddingNegotiateCell(start, reader.ReadUInt16(), reader.ReadUInt16());
    }

    /// <summary>Writes the payload without padding.</summary>
    public void Write(ref SpanWriter writer)
    {
        writer.WriteByte(0);
        writer.WriteByte(Start ? StartCommand : StopCommand);
        writer.WriteUInt16(LowMilliseconds);
        writer.WriteUInt16(HighMilliseconds);
    }
}
