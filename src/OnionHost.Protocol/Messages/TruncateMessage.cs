using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Encoding;

namespace OnionHost.Protocol.Messages;

/// <summary>TRUNCATE: asks a relay in the middle of a circuit to cut what follows (tor-spec 5.4).</summary>
/// <param name="Reason">Why; a value not known here is kept as it is.</param>
public readonly record struct TruncateMessage(DestroyReason Reason)
{
    /// <summary>Reads the body.</summary>
    /// <exception cref="ProtocolException">It is empty.</exception>
    public static TruncateMessage Read(ref SpanReader reader) => new((DestroyReason)reader.ReadByte());

    /// <summary>Writes the body, 1 byte.</summary>
    public void Write(ref SpanWriter writer) => writer.WriteByte((byte)Reason);
}
