using System.Buffers.Binary;
using System.Security.Cryptography;
using OnionHost.Protocol.Cryptography;

namespace OnionHost.Rendezvous.Keys;

/// <summary>
/// A descriptor's revision counter: the encrypted number of seconds since some start, which grows with time but tells
/// nobody this machine's clock (rend-spec-v3 F.2). The same for every process that holds the key, so nothing is stored.
/// Between two seconds it grows in proportion, so that a service that is started again at once does not fall behind itself.
/// </summary>
internal sealed class RevisionCounter : IDisposable
{
    private const int ChunkSize = 4096;
    private const long MaxSeconds = 1 << 20;

    private readonly byte[] _key = new byte[32];
    private readonly DateTimeOffset _start;
    private ulong _last;

    /// <summary>Counts for one blinded key.</summary>
    /// <param name="blindedKey">The secret of the descriptor's blinded key.</param>
    /// <param name="start">A time before the first descriptor of that key, the same in every process.</param>
    public RevisionCounter(Ed25519ExpandedKey blindedKey, DateTimeOffset start)
    {
        Span<byte> secret = stackalloc byte[64];
        blindedKey.CopyTo(secret);

        // The string counts its terminating NUL. It is stock's key, so that an address can move to C tor and back at any time.
        using var hasher = new Sha3Hasher();
        hasher.Append("rev-counter-generation\0"u8);
        hasher.Append(secret);
        hasher.Finish(_key);
        CryptographicOperations.ZeroMemory(secret);
        _start = start;
    }

    /// <summary>The counter for a descriptor that is made now: larger than every one before.</summary>
    public ulong Next(DateTimeOffset now)
    {
        var passed = Math.Clamp((now - _start).TotalSeconds + 1, 1, MaxSeconds);
        var seconds = (long)passed;
        var whole = Encrypt(_key, seconds);
        var part = (ulong)((passed - seconds) * (Encrypt(_key, seconds + 1) - whole));
        return _last = Math.Max(_last + 1, whole + part);
    }

    /// <summary>Overwrites the key.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(_key);

    /// <summary>The sum of the first <paramref name="seconds"/> words of a key stream, each one more than its 16 bits.</summary>
    internal static ulong Encrypt(ReadOnlySpan<byte> key, long seconds)
    {
        using var stream = new AesCtr(key);
        Span<byte> chunk = stackalloc byte[ChunkSize];
        var sum = 0UL;
        for (var left = seconds * 2; left > 0; left -= chunk.Length)
        {
            var part = chunk[..(int)Math.Min(left, chunk.Length)];
            part.Clear();
            stream.Process(part);
            for (var i = 0; i < part.Length; i += 2)
            {
                sum += BinaryPrimitives.ReadUInt16LittleEndian(part[i..]) + 1UL;
            }
        }

        return sum;
    }
}
