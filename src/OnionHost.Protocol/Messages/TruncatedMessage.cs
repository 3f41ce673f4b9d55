using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Encoding;

namespace OnionHost.Protocol.Messages;

/// <summary>TRUNCATED: the circuit now ends at the sender (tor-spec 5.4).</summary>
/// <param name="Reason">Why; a value not known here is kept as it is.</param>
public readonly record struct TruncatedMessage(DestroyReason Reason)
{
    /// <summary>Reads the body.</summary>
    /// <exception cref="ProtocolException">It is empty.</exception>
    public static TruncatedMessage Read(ref SpanReader reader) => new((DestroyReason)reader.ReadByte());

    /// <summary>Writes the body, 1 byte.</summary>
    public void Write(ref SpanWriter writer) => writer.WriteByte((byte)Reason);
}
