using System.Buffers.Binary;

namespace OnionHost.Protocol.Cryptography;

/// <summary>Numbers and choices made from random bytes, without bias.</summary>
public static class RandomSourceExtensions
{
    /// <summary>A new array of <paramref name="count"/> random bytes.</summary>
    public static byte[] Bytes(this IRandomSource source, int count)
    {
        ArgumentNullException.ThrowIfNull(source);
        var bytes = new byte[count];
        source.Fill(bytes);
        return bytes;
    }

    /// <summary>A number from 0 to <paramref name="exclusiveMax"/> - 1, each equally likely.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="exclusiveMax"/> is not positive.</exception>
    public static int Next(this IRandomSource source, int exclusiveMax)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(exclusiveMax);

        // Draws above the last whole multiple of the range are thrown away: they would favour small numbers.
        var limit = ulong.MaxValue - (ulong.MaxValue % (uint)exclusiveMax);
        ulong draw;
        do
        {
            draw = source.NextUInt64();
        }
        while (draw >= limit);

        return (int)(draw % (uint)exclusiveMax);
    }

    /// <summary>A number from 0 to 2^64 - 1.</summary>
    public static ulong NextUInt64(this IRandomSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        Span<byte> bytes = stackalloc byte[8];
        source.Fill(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    /// <summary>A number from 0 (inclusive) to 1 (exclusive) with 53 random bits.</summary>
    public static double NextDouble(this IRandomSource source) => (source.NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Puts the elements into a random order, each order equally likely.</summary>
    public static void Shuffle<T>(this IRandomSource source, Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var other = source.Next(i + 1);
            (items[i], items[other]) = (items[other], items[i]);
        }
    }

    /// <summary>One of the items, each equally likely.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are none.</exception>
    public static T Pick<T>(this IRandomSource source, IReadOnlyList<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return items[source.Next(items.Count)];
    }
}
