using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using OnionHost.Protocol.Encoding;

namespace OnionHost.Protocol.Identities;

/// <summary>A SHA-256 or SHA3-256 digest, such as a microdescriptor's (dir-spec 3.3). 32 bytes; 43 base64 characters without padding.</summary>
public readonly struct Digest256 : IEquatable<Digest256>, IComparable<Digest256>
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 32;

    private readonly Bytes32 _value;

    /// <summary>Copies 32 bytes.</summary>
    /// <exception cref="ProtocolException">The length is not 32.</exception>
    public Digest256(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ProtocolException($"Digest256 takes {Size} bytes, got {bytes.Length}.");
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
    public static Digest256 Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var value) ? value : throw new ProtocolException("Not a Digest256: 43 base64 characters without padding expected.");

    /// <summary>Reads the text form; false if it is not one.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Digest256 value)
    {
        value = default;
        Span<byte> bytes = stackalloc byte[Size];
        if (!Text.TryDecodeBase64(text, bytes))
        {
            return false;
        }

        value = new Digest256(bytes);
        return true;
    }

    /// <inheritdoc/>
    public bool Equals(Digest256 other) => Span.SequenceEqual(other.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Digest256 other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => MemoryMarshal.Read<int>(Span);

    /// <summary>Orders by the bytes, first byte first.</summary>
    public int CompareTo(Digest256 other) => Span.SequenceCompareTo(other.Span);

    /// <summary>The text form: 43 base64 characters without padding.</summary>
    public override string ToString() => Text.EncodeBase64(Span);

    /// <summary>Equality of all bytes.</summary>
    public static bool operator ==(Digest256 left, Digest256 right) => left.Equals(right);

    /// <summary>Inequality of any byte.</summary>
    public static bool operator !=(Digest256 left, Digest256 right) => !left.Equals(right);
}
