using OnionHost.Protocol.Encoding;

namespace OnionHost.Protocol.Messages;

/// <summary>XON: a stream may be sent on, or at another rate (proposal 324, section 4).</summary>
/// <param name="Rate">How fast the sender of this drains the stream, in units of 1000 bytes a second; 0 for no limit.</param>
public readonly record struct XonMessage(uint Rate)
{
    /// <summary>Bytes of the body.</summary>
    public const int Size = 5;

    private const byte Version = 0;

    /// <summary>Reads the body, 5 bytes.</summary>
    /// <exception cref="ProtocolException">It is truncated, or of an unknown version.</exception>
    public static XonMessage Read(ref SpanReader reader)
    {
        reader.ReadExpected(Version, "The version of XON");
        return new XonMessage(reader.ReadUInt32());
    }

    /// <summary>Writes the body, 5 bytes.</summary>
    public void Write(ref SpanWriter writer)
    {
        writer.WriteByte(Version);
        writer.WriteUInt32(Rate);
    }
}
