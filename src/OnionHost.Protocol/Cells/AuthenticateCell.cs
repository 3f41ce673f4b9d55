using OnionHost.Protocol.Encoding;

namespace OnionHost.Protocol.Cells;

/// <summary>AUTHENTICATE: the initiator's proof that it holds the keys of its CERTS (tor-spec 4.4).</summary>
/// <param name="Method">3 is the only one today.</param>
/// <param name="Body">The proof; 352 bytes for method 3.</param>
public readonly record struct AuthenticateCell(ushort Method, ReadOnlyMemory<byte> Body)
{
    /// <summary>Reads the payload.</summary>
    /// <exception cref="ProtocolException">It is truncated.</exception>
    public static AuthenticateCell Read(ref SpanReader reader)
    {
        var method = reader.ReadUInt16();
        return new AuthenticateCell(method, reader.ReadBytes(reader.ReadUInt16()).ToArray());
    }

    /// <summary>Writes the payload.</summary>
    public void Write(ref SpanWriter writer)
    {
        writer.WriteUInt16(Method);
        writer.WriteUInt16(checked((ushort)Body.Length));
        writer.WriteBytes(Body.Span);
    }
}
