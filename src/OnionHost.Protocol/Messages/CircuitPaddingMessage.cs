using OnionHost.Protocol.Encoding;

namespace OnionHost.Protocol.Messages;

/// <summary>
/// PADDING_NEGOTIATE: a client asks a relay on its circuit to run one of the padding machines that both know, or to stop it
/// (padding-spec 3.2). PADDING_NEGOTIATED, the answer, repeats what was asked.
/// </summary>
/// <param name="Start">True to start, false to stop.</param>
/// <param name="Machine">Which of the machines.</param>
/// <param name="Count">Which of the circuit's machines, counted by the client; 0 means any.</param>
public readonly record struct CircuitPaddingMessage(bool Start, byte Machine, uint Count)
{
    private const byte StopCommand = 1;
    private const byte StartCommand = 2;
    private const byte Agreed = 1;
    private const byte Failed = 2;

    /// <summary>Reads the body of PADDING_NEGOTIATE.</summary>
    /// <exception cref="ProtocolException">It is truncated, or its version or command is unknown.</exception>
    public static CircuitPaddingMessage Read(ref SpanReader reader)
    {
        reader.ReadExpected(0, "PADDING_NEGOTIATE's version");
        var start = reader.ReadByte() switch
        {
            StartCommand => true,
            StopCommand => false,
            var other => throw new ProtocolException($"PADDING_NEGOTIATE has the unknown command {other}."),
        };
        var machine = reader.ReadByte();
        reader.ReadByte(); // Once asked for a DROP in return; nobody heeds it.
        return new CircuitPaddingMessage(start, machine, reader.ReadUInt32());
    }

    /// <summary>Writes the body of PADDING_NEGOTIATE, 8 bytes.</summary>
    public void Write(ref SpanWriter writer) => Write(ref writer, isAgreed: null);

    /// <summary>Writes the body of PADDING_NEGOTIATED, 8 bytes.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="isAgreed">True if the machine runs, or was stopped.</param>
    public void WriteAnswer(ref SpanWriter writer, bool isAgreed) => Write(ref writer, (bool?)isAgreed);

    private void Write(ref SpanWriter writer, bool? isAgreed)
    {
        writer.WriteByte(0);
        writer.WriteByte(Start ? StartCommand : StopCommand);
        if (isAgreed is { } agreed)
        {
            writer.WriteByte(agreed ? Agreed : Failed);
        }

        writer.WriteByte(Machine);
        if (isAgreed is null)
        {
            writer.WriteByte(0);
        }

        writer.WriteUInt32(Count);
    }
}
