using OnionHost.Protocol.Encoding;

namespace OnionHost.Protocol.Cells;

/// <summary>CREATED_FAST: the answer to CREATE_FAST (tor-spec 5.1.5).</summary>
/// <param name="Reply">40 bytes: the relay's 20 random bytes, then the 20 of derived key data that prove the keys.</param>
public readonly record struct CreatedFastCell(ReadOnlyMemory<byte> Reply)
{
    /// <summary>Length of <see cref="Reply"/> in bytes.</summary>
    public const int Size = 40;

    /// <summary>Reads the payload; what follows is padding.</summary>
    /// <exception cref="ProtocolException">It is truncated.</exception>
    public static CreatedFastCell Read(ref SpanReader reader) => new(reader.ReadBytes(Size).ToArray());

    /// <summary>Writes the payload without padding.</summary>
    public void Write(ref SpanWriter writer) => writer.WriteBytes(Reply.Span);
}
