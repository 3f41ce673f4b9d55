using System.Buffers.Binary;

namespace OnionHost.Protocol.Encoding;

/// <summary>
/// Reads big-endian fields from the front of a span. Reading past the end throws <see cref="ProtocolException"/>;
/// nothing is ever read beyond the span.
/// </summary>
public ref struct SpanReader
{
    private ReadOnlySpan<byte> _rest;

    /// <summary>Starts at the first byte of <paramref name="source"/>.</summary>
    public SpanReader(ReadOnlySpan<byte> source)
    {
        _rest = source;
    }

    /// <summary>Bytes not read yet.</summary>
    public readonly int Remaining => _rest.Length;

    /// <summary>True when every byte was read.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>Reads 1 byte.</summary>
    public byte ReadByte() => ReadBytes(1)[0];

    /// <summary>Reads 2 bytes.</summary>
    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16BigEndian(ReadBytes(2));

    /// <summary>Reads 4 bytes.</summary>
    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32BigEndian(ReadBytes(4));

    /// <summary>Reads 8 bytes.</summary>
    public ulong ReadUInt64() => BinaryPrimitives.ReadUInt64BigEndian(ReadBytes(8));

    /// <summary>Reads <paramref name="count"/> bytes, without copying.</summary>
    /// <exception cref="ProtocolException">Fewer bytes are left.</exception>
    public ReadOnlySpan<byte> ReadBytes(int count)
    {
        if (count < 0 || count > _rest.Length)
        {
            throw new ProtocolException($"Truncated message: {count} bytes wanted, {_rest.Length} left.");
        }

        var bytes = _rest[..count];
        _rest = _rest[count..];
        return bytes;
    }

    /// <summary>Reads all bytes that are left, without copying.</summary>
    public ReadOnlySpan<byte> ReadToEnd() => ReadBytes(_rest.Length);

    /// <summary>Reads 1 byte that must have a given value.</summary>
    /// <exception cref="ProtocolException">It has another; <paramref name="field"/> names it.</exception>
    public void ReadExpected(byte expected, string field)
    {
        var actual = ReadByte();
        if (actual != expected)
        {
            throw new ProtocolException($"{field} is {actual}, expected {expected}.");
        }
    }

    /// <summary>Checks that nothing is left.</summary>
    /// <exception cref="ProtocolException">Bytes follow; <paramref name="message"/> names the message.</exception>
    public readonly void ExpectEnd(string message)
    {
        if (!_rest.IsEmpty)
        {
            throw new ProtocolException($"{message} has {_rest.Length} bytes too many.");
        }
    }
}
