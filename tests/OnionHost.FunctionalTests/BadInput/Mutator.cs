using System.Text;

namespace OnionHost.FunctionalTests.BadInput;

/// <summary>Changes well-formed bytes, by a seed: bits, bytes, lengths, ranges that are cut, doubled or taken from elsewhere; and lines of text.</summary>
internal sealed class Mutator(int seed)
{
    private static readonly byte[] Edges = [0, 1, 0x7f, 0x80, 0xfe, 0xff];
    private static readonly string[] Numbers = ["-1", "0", "18446744073709551616", "2147483648", "9999-99-99", "1e9", "٣", ""];

    private readonly Random _random = new(seed);

    public int Next(int exclusiveMax) => _random.Next(exclusiveMax);

    public bool Chance(int percent) => _random.Next(100) < percent;

    public T Pick<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];

    public byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>One to four changes.</summary>
    /// <param name="original">What to change; stays as it is.</param>
    /// <param name="other">Where spliced bytes come from.</param>
    public byte[] Mutate(ReadOnlySpan<byte> original, ReadOnlySpan<byte> other)
    {
        var bytes = original.ToArray();
        for (var i = 1 + Next(4); i > 0; i--)
        {
            bytes = MutateOnce(bytes, other);
        }

        return bytes;
    }

    /// <summary>As many bytes as there were: what a cell of fixed length needs.</summary>
    public void MutateInPlace(Span<byte> bytes, ReadOnlySpan<byte> other)
    {
        var changed = Mutate(bytes, other);
        var length = Math.Min(bytes.Length, changed.Length);
        changed.AsSpan(0, length).CopyTo(bytes);
        if (length < bytes.Length)
        {
            _random.NextBytes(bytes[length..]);
        }
    }

    /// <summary>Changes of lines, words and numbers, and sometimes of bytes besides.</summary>
    public byte[] MutateText(ReadOnlySpan<byte> original, ReadOnlySpan<byte> other)
    {
        if (Chance(30))
        {
            return Mutate(original, other);
        }

        var lines = Encoding.Latin1.GetString(original).Split('\n').ToList();
        for (var i = 1 + Next(3); i > 0; i--)
        {
            MutateLine(lines, other);
        }

        var bytes = Encoding.Latin1.GetBytes(string.Join('\n', lines));
        return Chance(20) ? MutateOnce(bytes, other) : bytes;
    }

    private void MutateLine(List<string> lines, ReadOnlySpan<byte> other)
    {
        var at = Next(lines.Count);
        switch (Next(7))
        {
            case 0 when lines.Count > 1:
                lines.RemoveAt(at);
                break;
            case 1:
                lines.Insert(Next(lines.Count), lines[at]);
                break;
            case 2:
                (lines[at], lines[Next(lines.Count)]) = (lines[Next(lines.Count)], lines[at]);
                break;
            case 3:
                var words = lines[at].Split(' ');
                words[Next(words.Length)] = Pick(Numbers);
                lines[at] = string.Join(' ', words);
                break;
            case 4:
                lines[at] = lines[at][..Next(lines[at].Length + 1)];
                break;
            case 5:
                lines[at] += new string((char)Next(256), 1 << Next(14));
                break;
            default:
                lines.Insert(at, Pick(Encoding.Latin1.GetString(other).Split('\n')));
                break;
        }
    }

    private byte[] MutateOnce(byte[] bytes, ReadOnlySpan<byte> other)
    {
        if (bytes.Length == 0)
        {
            return Bytes(Next(16));
        }

        var at = Next(bytes.Length);
        var count = Next(Math.Min(64, bytes.Length - at)) + 1;
        switch (Next(8))
        {
            case 0:
                bytes[at] ^= (byte)(1 << Next(8));
                return bytes;
            case 1:
                bytes[at] = Pick(Edges);
                return bytes;
            case 2:
                _random.NextBytes(bytes.AsSpan(at, count));
                return bytes;
            case 3:
                return bytes[..at];
            case 4:
                return [.. bytes, .. Bytes(count)];
            case 5:
                return [.. bytes.AsSpan(0, at), .. bytes.AsSpan(at, count), .. bytes.AsSpan(at)];
            case 6:
                return [.. bytes.AsSpan(0, at), .. bytes.AsSpan(at + count)];
            default:
                return [.. bytes.AsSpan(0, at), .. other[Math.Min(other.Length, Next(other.Length + 1))..]];
        }
    }
}
