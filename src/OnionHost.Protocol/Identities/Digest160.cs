using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using OnionHost.Protocol.Encoding;

namespace OnionHost.Protocol.Identities;

/// <summary>A SHA-1 digest, such as a server descriptor's (dir-spec 2.1.1). 20 bytes; 40 upper-case hexadecimal digits.</summary>
public readonly struct Digest160 : IEquatable<Digest160>, IComparable<Digest160>
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 20;

    private readonly Bytes20 _value;

    /// <summary>Copies 20 bytes.</summary>
    /// <exception cref="ProtocolException">The length is not 20.</exception>
    public Digest160(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ProtocolException($"Digest160 takes {Size} bytes, got {bytes.Length}.");
        }

        bytes.CopyTo(_value);
    }

    /// <summary>The bytes, in place.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Span => _value;

    /// <summary>True if every byte is zero (also the value of <c>default</c>).</summary>
    public bool IsZero => Span.IndexOfAnyExcept((byte)0) < 0;

    /// <summary>A copy of the bytes.</summary>
    public byte[] ToArray() => Span.ToArray();

    /// <summary>Reads the text form that <see cref="ToString"/> gives.</summary>
    /// <exception cref="ProtocolException">It is not that.</exception>
    public static Digest160 Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var value) ? value : throw new ProtocolException("Not a Digest160: 40 upper-case hexadecimal digits expected.");

    /// <summary>Reads the text form; false if it is not one.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Digest160 value)
    {
        value = default;
        Span<byte> bytes = stackalloc byte[Size];
        if (!Text.TryDecodeHex(text, bytes))
        {
            return false;
        }

        value = new Digest160(bytes);
        return true;
    }

    /// <inheritdoc/>
    public bool Equals(Digest160 other) => Span.SequenceEqual(other.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Digest160 other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => MemoryMarshal.Read<int>(Span);

    /// <summary>Orders by the bytes, first byte first.</summary>
    public int CompareTo(Digest160 other) => Span.SequenceCompareTo(other.Span);

    /// <summary>The text form: 40 upper-case hexadecimal digits.</summary>
    public override string ToString() => Text.EncodeHex(Span);

    /// <summary>Equality of all bytes.</summary>
    public static bool operator ==(Digest160 left, Digest160 right) => left.Equals(right);

    /// <summary>Inequality of any byte.</summary>
    public static bool operator !=(Digest160 left, Digest160 right) => !left.Equals(right);
}
