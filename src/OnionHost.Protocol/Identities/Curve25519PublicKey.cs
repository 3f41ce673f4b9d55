using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using OnionHost.Protocol.Encoding;

namespace OnionHost.Protocol.Identities;

/// <summary>An x25519 public key, such as a relay's ntor onion key (tor-spec 5.1.4). 32 bytes; 43 base64 characters without padding.</summary>
public readonly struct Curve25519PublicKey : IEquatable<Curve25519PublicKey>, IComparable<Curve25519PublicKey>
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 32;

    private readonly Bytes32 _value;

    /// <summary>Copies 32 bytes.</summary>
    /// <exception cref="ProtocolException">The length is not 32.</exception>
    public Curve25519PublicKey(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ProtocolException($"Curve25519PublicKey takes {Size} bytes, got {bytes.Length}.");
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
    public static Curve25519PublicKey Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var value) ? value : throw new ProtocolException("Not a Curve25519PublicKey: 43 base64 characters without padding expected.");

    /// <summary>Reads the text form; false if it is not one.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Curve25519PublicKey value)
    {
        value = default;
        Span<byte> bytes = stackalloc byte[Size];
        if (!Text.TryDecodeBase64(text, bytes))
        {
            return false;
        }

        value = new Curve25519PublicKey(bytes);
        return true;
    }

    /// <inheritdoc/>
    public bool Equals(Curve25519PublicKey other) => Span.SequenceEqual(other.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Curve25519PublicKey other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => MemoryMarshal.Read<int>(Span);

    /// <summary>Orders by the bytes, first byte first.</summary>
    public int CompareTo(Curve25519PublicKey other) => Span.SequenceCompareTo(other.Span);

    /// <summary>The text form: 43 base64 characters without padding.</summary>
    public override string ToString() => Text.EncodeBase64(Span);

    /// <summary>Equality of all bytes.</summary>
    public static bool operator ==(Curve25519PublicKey left, Curve25519PublicKey right) => left.Equals(right);

    /// <summary>Inequality of any byte.</summary>
    public static bool operator !=(Curve25519PublicKey left, Curve25519PublicKey right) => !left.Equals(right);
}
