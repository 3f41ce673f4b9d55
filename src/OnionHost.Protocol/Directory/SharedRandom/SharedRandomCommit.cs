using System.Buffers.Binary;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Directory.SharedRandom;

/// <summary>
/// One authority's commitment in a protocol run and, once it was shown, the reveal (srv-spec 4.1.1, 4.1.2).
/// Both are base64 of 40 bytes: an 8-byte time in seconds, then a SHA3-256.
/// </summary>
/// <param name="Authority">SHA-1 of the authority's v3 identity key, 20 bytes.</param>
/// <param name="Commit">56 base64 characters.</param>
/// <param name="Reveal">56 base64 characters; null if not known.</param>
public sealed record SharedRandomCommit(RelayFingerprint Authority, string Commit, string? Reveal)
{
    /// <summary>The version of the protocol that these lines belong to.</summary>
    public const int Version = 1;

    /// <summary>The only hash of that version.</summary>
    public const string Algorithm = "sha3-256";

    private const int EncodedLength = 56;
    private const int DecodedLength = sizeof(ulong) + Digest256.Size;

    /// <summary>SHA3-256 of the reveal, 32 bytes, as the commitment claims it.</summary>
    public Digest256 HashedReveal => new(Decode(Commit).AsSpan(sizeof(ulong)));

    /// <summary>True if the reveal is known and is what the commitment promised.</summary>
    public bool IsOpened => Reveal is not null && Opens(Reveal);

    /// <summary>Makes a commitment to 32 fresh random bytes, with its reveal.</summary>
    /// <param name="authority">Whose it is.</param>
    /// <param name="time">When; both halves carry it.</param>
    /// <param name="random">Where the bytes come from.</param>
    public static SharedRandomCommit Generate(RelayFingerprint authority, DateTimeOffset time, IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Span<byte> raw = stackalloc byte[32];
        random.Fill(raw);
        return FromRandom(authority, time, raw);
    }

    /// <summary>Reads the arguments of a <c>shared-rand-commit</c> line: version, hash, identity, commitment and perhaps reveal.</summary>
    /// <returns>Null if the version or the hash is another one, which is no error.</returns>
    /// <exception cref="ProtocolException">The line breaks the format.</exception>
    public static SharedRandomCommit? Parse(IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        if (arguments.Count < 4)
        {
            throw new ProtocolException("A shared random commitment takes at least 4 arguments.");
        }

        if (arguments[0] != "1" || arguments[1] != Algorithm)
        {
            return null;
        }

        _ = Decode(arguments[3]);
        var reveal = arguments.Count > 4 ? arguments[4] : null;
        if (reveal is not null)
        {
            _ = Decode(reveal);
        }

        return new SharedRandomCommit(RelayFingerprint.Parse(arguments[2]), arguments[3], reveal);
    }

    /// <summary>The arguments of the line; with a space at the end if it tells of a reveal that is not known.</summary>
    /// <param name="withReveal">Whether the run is in its reveal phase.</param>
    public string Format(bool withReveal) =>
        withReveal ? $"{Version} {Algorithm} {Authority} {Commit} {Reveal}" : $"{Version} {Algorithm} {Authority} {Commit}";

    /// <summary>True if <paramref name="reveal"/> is what the commitment promised.</summary>
    public bool Opens(string reveal)
    {
        var (commit, shown) = (Decode(Commit), Decode(reveal));
        Span<byte> hash = stackalloc byte[Digest256.Size];
        Sha3.Hash256(System.Text.Encoding.ASCII.GetBytes(reveal), hash);
        return commit.AsSpan(0, sizeof(ulong)).SequenceEqual(shown.AsSpan(0, sizeof(ulong)))
            && commit.AsSpan(sizeof(ulong)).SequenceEqual(hash);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Authority} {Commit}";

    internal static SharedRandomCommit FromRandom(RelayFingerprint authority, DateTimeOffset time, ReadOnlySpan<byte> raw)
    {
        var seconds = (ulong)time.ToUnixTimeSeconds();
        var reveal = Encode(seconds, raw);
        return new SharedRandomCommit(authority, Encode(seconds, System.Text.Encoding.ASCII.GetBytes(reveal)), reveal);
    }

    private static string Encode(ulong seconds, ReadOnlySpan<byte> toHash)
    {
        Span<byte> bytes = stackalloc byte[DecodedLength];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, seconds);
        Sha3.Hash256(toHash, bytes[sizeof(ulong)..]);
        return Convert.ToBase64String(bytes);
    }

    private static byte[] Decode(string text)
    {
        var bytes = new byte[DecodedLength];
        return text.Length == EncodedLength && Text.TryDecodeBase64(text, bytes)
            ? bytes
            : throw new ProtocolException("A shared random commitment or reveal is not base64 of 40 bytes.");
    }
}
