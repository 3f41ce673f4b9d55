using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using OnionHost.Protocol.Encoding;

namespace OnionHost.Protocol.Identities;

/// <summary>A relay's RSA identity: SHA-1 of its PKCS#1 public key (tor-spec 0.3). 20 bytes; 40 upper-case hexadecimal digits.</summary>
public readonly struct RelayFingerprint : IEquatable<RelayFingerprint>, IComparable<RelayFingerprint>
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 20;

    private readonly Bytes20 _value;

    /// <summary>Copies 20 bytes.</summary>
    /// <exception cref="ProtocolException">The length is not 20.</exception>
    public RelayFingerprint(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ProtocolException($"RelayFingerprint takes {Size} bytes, got {bytes.Length}.");
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
    public static RelayFingerprint Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var value) ? value : throw new ProtocolException("Not a RelayFingerprint: 40 upper-case hexadecimal digits expected.");

    /// <summary>Reads the text form; false if it is not one.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out RelayFingerprint value)
    {
        value = default;
        Span<byte> bytes = stackalloc byte[Size];
        if (!Text.TryDecodeHex(text, bytes))
        {
            return false;
        }

        value = new RelayFingerprint(bytes);
        return true;
    }

    /// <inheritdoc/>
    public bool Equals(RelayFingerprint other) => Span.SequenceEqual(other.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is RelayFingerprint other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => MemoryMarshal.Read<int>(Span);

    /// <summary>Orders by the bytes, first byte first.</summary>
    public int CompareTo(RelayFingerprint other) => Span.SequenceCompareTo(other.Span);

    /// <summary>The text form: 40 upper-case hexadecimal digits.</summary>
    public override string ToString() => Text.EncodeHex(Span);

    /// <summary>Equality of all bytes.</summary>
    public static bool operator ==(RelayFingerprint left, RelayFingerprint right) => left.Equals(right);

    /// <summary>Inequality of any byte.</summary>
    public static bool operator !=(RelayFingerprint left, RelayFingerprint right) => !left.Equals(right);
}
