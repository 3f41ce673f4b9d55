using OnionHost.Protocol.Encoding;

namespace OnionHost.Protocol.Cells;

/// <summary>CREATE_FAST: a first hop without public-key cryptography (tor-spec 5.1.5).</summary>
/// <param name="X">The client's 20 random bytes.</param>
public readonly record struct CreateFastCell(ReadOnlyMemory<byte> X)
{
    /// <summary>Length of <see cref="X"/> in bytes.</summary>
    public const int Size = 20;

    /// <summary>Reads the payload; what follows is padding.</summary>
    /// <exception cref="ProtocolException">It is truncated.</exception>
    public static CreateFastCell Read(ref SpanReader reader) => new(reader.ReadBytes(Size).ToArray());

    /// <summary>Writes the payload without padding.</summary>
    public void Write(ref SpanWriter writer) => writer.WriteBytes(X.Span);
}
