using System.Buffers.Binary;
using System.Security.Cryptography;

namespace OnionHost.Protocol.Cryptography;

/// <summary>
/// Arithmetic modulo L = 2^252 + 27742317777372353535851937790883648493, the order of Ed25519's base point. Scalars are 32 bytes,
/// little-endian. No branch or index depends on a value.
/// </summary>
internal static class EdwardsScalar
{
    private static ReadOnlySpan<ulong> Order => [0x5812631a5cf5d3ed, 0x14def9dea2f79cd6, 0, 0x1000000000000000];

    /// <summary>A number of 64 bytes modulo L.</summary>
    public static void Reduce(ReadOnlySpan<byte> wide, Span<byte> scalar)
    {
        Span<ulong> limbs = stackalloc ulong[8];
        Read(wide, limbs);
        ReduceLimbs(limbs, scalar);
    }

    /// <summary><paramref name="left"/> * <paramref name="right"/> + <paramref name="addend"/> modulo L. The target may be an input.</summary>
    public static void MultiplyAdd(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, ReadOnlySpan<byte> addend, Span<byte> scalar)
    {
        Span<ulong> a = stackalloc ulong[4];
        Span<ulong> b = stackalloc ulong[4];
        Span<ulong> product = stackalloc ulong[8];
        Read(left, a);
        Read(right, b);
        product.Clear();
        Read(addend, product[..4]);
        for (var i = 0; i < 4; i++)
        {
            ulong carry = 0;
            for (var j = 0; j < 4; j++)
            {
                var high = Math.BigMul(a[i], b[j], out var low);
                var sum = low + carry;
                high += sum < low ? 1UL : 0;
                low = product[i + j] + sum;
                high += low < sum ? 1UL : 0;
                (product[i + j], carry) = (low, high);
            }

            Carry(product[(i + 4)..], carry);
        }

        ReduceLimbs(product, scalar);
        CryptographicOperations.ZeroMemory(System.Runtime.InteropServices.MemoryMarshal.AsBytes(b));
    }

    private static void Carry(Span<ulong> limbs, ulong carry)
    {
        foreach (ref var limb in limbs)
        {
            limb += carry;
            carry = limb < carry ? 1UL : 0;
        }
    }

    /// <summary>Long division bit by bit: the remainder stays below 2L, so one masked subtraction a bit is enough.</summary>
    private static void ReduceLimbs(Span<ulong> wide, Span<byte> scalar)
    {
        Span<ulong> rest = stackalloc ulong[4];
        rest.Clear();
        for (var bit = 511; bit >= 0; bit--)
        {
            var incoming = (wide[bit / 64] >> (bit % 64)) & 1;
            for (var i = 0; i < 4; i++)
            {
                var outgoing = rest[i] >> 63;
                rest[i] = (rest[i] << 1) | incoming;
                incoming = outgoing;
            }

            SubtractOrder(rest);
        }

        for (var i = 0; i < 4; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(scalar[(i * 8)..], rest[i]);
        }

        CryptographicOperations.ZeroMemory(System.Runtime.InteropServices.MemoryMarshal.AsBytes(wide));
        CryptographicOperations.ZeroMemory(System.Runtime.InteropServices.MemoryMarshal.AsBytes(rest));
    }

    private static void SubtractOrder(Span<ulong> rest)
    {
        Span<ulong> difference = stackalloc ulong[4];
        ulong borrow = 0;
        for (var i = 0; i < 4; i++)
        {
            var (a, b) = (rest[i], Order[i]);
            var partial = a - b;
            difference[i] = partial - borrow;
            borrow = ((~a & b) | (~(a ^ b) & difference[i])) >> 63;
        }

        var keep = 0 - borrow;
        for (var i = 0; i < 4; i++)
        {
            rest[i] = (rest[i] & keep) | (difference[i] & ~keep);
        }
    }

    private static void Read(ReadOnlySpan<byte> bytes, Span<ulong> limbs)
    {
        for (var i = 0; i < limbs.Length; i++)
        {
            limbs[i] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[(i * 8)..]);
        }
    }
}
