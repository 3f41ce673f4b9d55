using System.Buffers.Binary;

namespace OnionHost.Protocol.Encoding;

/// <summary>
/// Writes big-endian fields to the front of a span that the caller sized. Writing past its end is a mistake of this
/// program, and throws <see cref="InvalidOperationException"/>.
/// </summary>
public ref struct SpanWriter
{
    private readonly Span<byte> _target;
    private int _position;

    /// <summary>Starts at the first byte of <paramref name="target"/>.</summary>
    public SpanWriter(Span<byte> target)
    {
        _target = target;
    }

    /// <summary>Bytes written so far.</summary>
    public readonly int Position => _position;

    /// <summary>What was written so far.</summary>
    public readonly ReadOnlySpan<byte> Written => _target[.._position];

    /// <summary>Bytes that still fit.</summary>
    public readonly int Remaining => _target.Length - _position;

    /// <summary>Writes 1 byte.</summary>
    public void WriteByte(byte value) => Reserve(1)[0] = value;

    /// <summary>Writes 2 bytes.</summary>
    public void WriteUInt16(ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Reserve(2), value);

    /// <summary>Writes 4 bytes.</summary>
    public void WriteUInt32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Reserve(4), value);

    /// <summary>Writes 8 bytes.</summary>
    public void WriteUInt64(ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Reserve(8), value);

    /// <summary>Writes the bytes as they are.</summary>
    public void WriteBytes(scoped ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    /// <summary>Moves past <paramref name="count"/> bytes and gives them to the caller to fill.</summary>
    /// <exception cref="InvalidOperationException">They do not fit.</exception>
    public Span<byte> Reserve(int count)
    {
        if (count < 0 || count > Remaining)
        {
            throw new InvalidOperationException($"{count} bytes do not fit: {Remaining} left.");
        }

        var reserved = _target.Slice(_position, count);
        _position += count;
        return reserved;
    }
}
