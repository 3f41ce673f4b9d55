using System.Buffers;
using System.Globalization;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Directory.Consensuses.Diffs;

/// <summary>
/// What changed from one consensus to a newer one, so that who has the one need not fetch the whole other (proposal 140):
/// two lines that name both, then an ed script from the last change to the first.
/// </summary>
public static class ConsensusDiff
{
    private const string Version = "network-status-diff-version 1";
    private const string HashKeyword = "hash ";
    private const int HeaderLines = 2;

    /// <summary>True if a document begins as a diff does, and not as a consensus.</summary>
    public static bool IsDiff(ReadOnlySpan<byte> document) => document.StartsWith("network-status-diff-version "u8);

    /// <summary>How a diff names the consensus that it starts from: SHA3-256 of what its signatures cover, 32 bytes.</summary>
    public static Digest256 NameOf(Consensus consensus)
    {
        ArgumentNullException.ThrowIfNull(consensus);
        return Hash(consensus.SignedPart.Span);
    }

    /// <summary>Writes the diff between two consensuses of one flavour; null if there can be none, since their relays are not in order.</summary>
    public static byte[]? Create(Consensus from, Consensus to)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        var (older, newer) = (DocumentLines.Split(from.Document), DocumentLines.Split(to.Document));

        // The signatures are not signed, so the other side may have others under the same text: they always go as a whole.
        var signatures = older.FindIndex(line => line.Span.StartsWith("directory-signature "u8));
        var kept = signatures < 0 ? older : older[..signatures];
        if (LineChanges.Find(kept, newer) is not { } changes)
        {
            return null;
        }

        var text = new ArrayBufferWriter<byte>();
        var header = string.Create(
            CultureInfo.InvariantCulture,
            $"{Version}\n{HashKeyword}{Text.EncodeHex(NameOf(from).Span)} {Text.EncodeHex(Hash(to.Document.Span).Span)}\n");
        text.Write(System.Text.Encoding.ASCII.GetBytes(header));
        if (signatures >= 0)
        {
            text.Write(System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{signatures + 1},$d\n")));
        }

        return EdScript.TryWrite(changes, newer, text) ? text.WrittenSpan.ToArray() : null;
    }

    /// <summary>Makes the newer consensus of the older one, and compares it with the digest in the diff. It is not verified otherwise.</summary>
    /// <param name="from">What the diff starts from.</param>
    /// <param name="diff">The diff's text.</param>
    /// <param name="maximumSize">The most that the result may have, bytes.</param>
    /// <exception cref="ProtocolException">The diff is malformed, starts from another consensus, or gives another than it says.</exception>
    public static byte[] Apply(Consensus from, ReadOnlyMemory<byte> diff, int maximumSize)
    {
        ArgumentNullException.ThrowIfNull(from);
        var script = DocumentLines.Split(diff);
        var (expectedFrom, expectedTo) = ReadHeader(script);
        if (expectedFrom != NameOf(from))
        {
            throw new ProtocolException("A consensus diff starts from another consensus than the one that was named.");
        }

        var result = EdScript.Apply(DocumentLines.Split(from.Document), script[HeaderLines..], maximumSize);
        return Hash(result) == expectedTo ? result : throw new ProtocolException("A consensus diff gives another consensus than it says.");
    }

    private static (Digest256 From, Digest256 To) ReadHeader(List<ReadOnlyMemory<byte>> lines)
    {
        if (lines.Count < HeaderLines || Ascii(lines[0]) != Version || Ascii(lines[1]) is not { } hashes || !hashes.StartsWith(HashKeyword, StringComparison.Ordinal))
        {
            throw new ProtocolException("A consensus diff has another header than version 1.");
        }

        var words = hashes[HashKeyword.Length..].Split(' ');
        return words.Length == 2 && TryReadHash(words[0], out var from) && TryReadHash(words[1], out var to)
            ? (from, to)
            : throw new ProtocolException("A consensus diff does not name its two consensuses.");
    }

    /// <summary>Reads a digest as requests and diffs write it, 64 hexadecimal digits; false if it is none.</summary>
    public static bool TryReadHash(ReadOnlySpan<char> text, out Digest256 hash)
    {
        Span<byte> bytes = stackalloc byte[Digest256.Size];
        var isHash = text.Length == 2 * Digest256.Size && Text.TryDecodeHex(text, bytes);
        hash = isHash ? new Digest256(bytes) : default;
        return isHash;
    }

    private static string Ascii(ReadOnlyMemory<byte> line) => line.Length > 256 ? string.Empty : System.Text.Encoding.ASCII.GetString(line.Span);

    private static Digest256 Hash(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[Digest256.Size];
        Sha3.Hash256(bytes, hash);
        return new Digest256(hash);
    }
}
