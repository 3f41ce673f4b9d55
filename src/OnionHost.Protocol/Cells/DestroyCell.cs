using OnionHost.Protocol.Encoding;

namespace OnionHost.Protocol.Cells;

/// <summary>DESTROY: the circuit ends on this link (tor-spec 5.4). It is not answered.</summary>
/// <param name="Reason">Why; a value not known here is kept as it is.</param>
public readonly record struct DestroyCell(DestroyReason Reason)
{
    /// <summary>Reads the payload; what follows is padding.</summary>
    /// <exception cref="ProtocolException">It is truncated.</exception>
    public static DestroyCell Read(ref SpanReader reader) => new((DestroyReason)reader.ReadByte());

    /// <summary>Writes the payload without padding.</summary>
    public void Write(ref SpanWriter writer) => writer.WriteByte((byte)Reason);
}
