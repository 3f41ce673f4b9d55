using System.Buffers;
using System.Buffers.Text;

namespace OnionHost.Protocol.Encoding;

/// <summary>The text forms of binary values in Tor's documents: hexadecimal, base64 and base32.</summary>
public static class Text
{
    private const string Base32Alphabet = "abcdefghijklmnopqrstuvwxyz234567";

    /// <summary>Upper-case hexadecimal, two digits a byte.</summary>
    public static string EncodeHex(ReadOnlySpan<byte> bytes) => Convert.ToHexString(bytes);

    /// <summary>Reads hexadecimal of either case, with an optional leading <c>$</c>; the length must fill <paramref name="bytes"/>.</summary>
    public static bool TryDecodeHex(ReadOnlySpan<char> text, Span<byte> bytes)
    {
        if (text.Length > 0 && text[0] == '$')
        {
            text = text[1..];
        }

        return text.Length == bytes.Length * 2
            && Convert.FromHexString(text, bytes, out _, out var written) == OperationStatus.Done
            && written == bytes.Length;
    }

    /// <summary>Base64 without padding.</summary>
    public static string EncodeBase64(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    /// <summary>Reads base64 with or without padding; the decoded length must fill <paramref name="bytes"/>.</summary>
    public static bool TryDecodeBase64(ReadOnlySpan<char> text, Span<byte> bytes)
    {
        text = text.TrimEnd('=');
        if (text.Length != ((bytes.Length * 8) + 5) / 6 || text.Length > 512)
        {
            return false;
        }

        Span<char> padded = stackalloc char[(text.Length + 3) / 4 * 4];
        text.CopyTo(padded);
        padded[text.Length..].Fill('=');
        return Convert.TryFromBase64Chars(padded, bytes, out var written) && written == bytes.Length;
    }

    /// <summary>Lower-case base32 (RFC 4648) without padding.</summary>
    public static string EncodeBase32(ReadOnlySpan<byte> bytes)
    {
        var text = new char[((bytes.Length * 8) + 4) / 5];
        for (var i = 0; i < text.Length; i++)
        {
            var bit = i * 5;
            var pair = bytes[bit / 8] << 8 | ((bit / 8) + 1 < bytes.Length ? bytes[(bit / 8) + 1] : 0);
            text[i] = Base32Alphabet[(pair >> (11 - (bit % 8))) & 31];
        }

        return new string(text);
    }

    /// <summary>Reads base32 of either case without padding; the length must fill <paramref name="bytes"/> and spare bits be zero.</summary>
    public static bool TryDecodeBase32(ReadOnlySpan<char> text, Span<byte> bytes)
    {
        if (text.Length != ((bytes.Length * 8) + 4) / 5)
        {
            return false;
        }

        var (bits, count, position) = (0, 0, 0);
        foreach (var character in text)
        {
            var value = Base32Alphabet.IndexOf(char.ToLowerInvariant(character), StringComparison.Ordinal);
            if (value < 0)
            {
                return false;
            }

            bits = ((bits << 5) | value) & 0xfff;
            count += 5;
            if (count >= 8)
            {
                count -= 8;
                bytes[position++] = (byte)(bits >> count);
            }
        }

        return (bits & ((1 << count) - 1)) == 0;
    }
}
