using OnionHost.Protocol.Encoding;

namespace OnionHost.Protocol.Messages;

/// <summary>XOFF: too much of a stream waits at the sender of this; send no more (proposal 324, section 4).</summary>
public readonly record struct XoffMessage
{
    private const byte Version = 0;

    /// <summary>Reads the body, 1 byte.</summary>
    /// <exception cref="ProtocolException">It is empty, or of an unknown version.</exception>
    public static XoffMessage Read(ref SpanReader reader)
    {
        reader.ReadExpected(Version, "The version of XOFF");
        return default;
    }

    /// <summary>Writes the body, 1 byte.</summary>
    public void Write(ref SpanWriter writer) => writer.WriteByte(Version);
}
