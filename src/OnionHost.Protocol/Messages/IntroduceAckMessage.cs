using OnionHost.Protocol.Encoding;

namespace OnionHost.Protocol.Messages;

/// <summary>INTRODUCE_ACK: whether an introduction was passed on (rend-spec-v3 3.2.2).</summary>
/// <param name="Status">One of the constants here.</param>
public readonly record struct IntroduceAckMessage(ushort Status)
{
    /// <summary>Passed on to the service.</summary>
    public const ushort Success = 0;

    /// <summary>No service has this introduction point.</summary>
    public const ushort UnknownService = 1;

    /// <summary>The message was malformed.</summary>
    public const ushort BadFormat = 2;

    /// <summary>It could not be passed on, also when a limit on floods was reached.</summary>
    public const ushort CannotRelay = 3;

    /// <summary>Reads the body; its extensions are ignored.</summary>
    /// <exception cref="ProtocolException">It is truncated.</exception>
    public static IntroduceAckMessage Read(ref SpanReader reader)
    {
        var status = reader.ReadUInt16();
        IntroduceExtensions.Read(ref reader);
        return new IntroduceAckMessage(status);
    }

    /// <summary>Writes the body, 3 bytes.</summary>
    public void Write(ref SpanWriter writer)
    {
        writer.WriteUInt16(Status);
        writer.WriteByte(0);
    }
}
