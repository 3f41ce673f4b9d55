using OnionHost.Protocol.Encoding;

namespace OnionHost.Protocol.Messages;

/// <summary>SENDME: more may be sent (tor-spec 7.3, 7.4). On a circuit it proves what arrived; on a stream it is empty.</summary>
/// <param name="Version">0: no tag. 1: with the tag.</param>
/// <param name="Tag">The digest of the cell that filled the window: 20 bytes, 16 on counter-Galois hops.</param>
public readonly record struct SendmeMessage(byte Version, ReadOnlyMemory<byte> Tag)
{
    /// <summary>Reads the body and copies the tag.</summary>
    /// <exception cref="ProtocolException">The version is unknown or the tag's length wrong.</exception>
    public static SendmeMessage Read(ref SpanReader reader)
    {
        var tag = ReadTag(reader.ReadToEnd(), out var version);
        return new SendmeMessage(version, tag.ToArray());
    }

    /// <summary>Reads a body without copying.</summary>
    /// <returns>The tag in place; empty for version 0.</returns>
    /// <exception cref="ProtocolException">The version is unknown or the tag's length wrong.</exception>
    public static ReadOnlySpan<byte> ReadTag(ReadOnlySpan<byte> body, out byte version)
    {
        version = 0;
        if (body.IsEmpty)
        {
            return default;
        }

        var reader = new SpanReader(body);
        version = reader.ReadByte();
        if (version == 0)
        {
            return default;
        }

        if (version != 1)
        {
            throw new ProtocolException($"SENDME has the unknown version {version}.");
        }

        var tag = reader.ReadBytes(reader.ReadUInt16());
        return tag.Length is 20 or 16 ? tag : throw new ProtocolException($"SENDME has a tag of {tag.Length} bytes.");
    }

    /// <summary>Writes the body; nothing for version 0.</summary>
    public void Write(ref SpanWriter writer)
    {
        if (Version != 0)
        {
            writer.WriteByte(Version);
            writer.WriteUInt16(checked((ushort)Tag.Length));
            writer.WriteBytes(Tag.Span);
        }
    }
}
