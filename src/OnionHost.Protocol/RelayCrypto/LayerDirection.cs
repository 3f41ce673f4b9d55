using System.Security.Cryptography;
using OnionHost.Protocol.Cryptography;

namespace OnionHost.Protocol.RelayCrypto;

/// <summary>
/// One direction of one onion layer: a keystream over every cell, and a digest over the cells that begin or end here
/// (tor-spec 6.1). Cells must be given in the order of the wire. Not safe for concurrent use. No allocation per cell.
/// </summary>
public sealed class LayerDirection : IDisposable
{
    /// <summary>Bytes of a relay cell's payload.</summary>
    public const int PayloadSize = 509;

    /// <summary>Bytes of the tag that an authenticated SENDME carries: the first 20 of the digest.</summary>
    public const int TagSize = 20;

    private const int RecognizedOffset = 1;
    private const int DigestOffset = 5;
    private const int DigestFieldSize = 4;

    private readonly AesCtr _cipher;
    private readonly RunningDigest _digest;

    internal LayerDirection(ReadOnlySpan<byte> key, RunningDigest digest)
    {
        _cipher = new AesCtr(key);
        _digest = digest;
    }

    /// <summary>Adds or peels this layer, in place: both are the same.</summary>
    /// <param name="payload">509 bytes.</param>
    public void Crypt(Span<byte> payload) => _cipher.Process(payload);

    /// <summary>
    /// Originates a cell: writes the digest field (which must be zero, like the recognized field), commits the running digest, then
    /// adds this layer.
    /// </summary>
    /// <param name="payload">509 bytes.</param>
    /// <param name="tag">Takes the 20 bytes that the peer's SENDME for this cell must show; may be empty.</param>
    public void Seal(Span<byte> payload, Span<byte> tag)
    {
        Span<byte> digest = stackalloc byte[32];
        digest = digest[.._digest.Size];
        payload.Slice(DigestOffset, DigestFieldSize).Clear();
        _digest.Try(payload, digest);
        _digest.Commit();
        digest[..DigestFieldSize].CopyTo(payload[DigestOffset..]);
        digest[..Math.Min(TagSize, tag.Length)].CopyTo(tag);
        _cipher.Process(payload);
    }

    /// <summary>
    /// After <see cref="Crypt"/>: true if the cell ends here. Then the running digest is committed and the tag given.
    /// Otherwise nothing has changed and the cell goes on.
    /// </summary>
    /// <param name="payload">509 bytes.</param>
    /// <param name="tag">Takes the 20 bytes for our SENDME; may be empty.</param>
    public bool TryRecognize(Span<byte> payload, Span<byte> tag)
    {
        // Hashing costs four times the cipher: 65535 of 65536 cells that are not ours are seen here.
        if ((payload[RecognizedOffset] | payload[RecognizedOffset + 1]) != 0)
        {
            return false;
        }

        Span<byte> digest = stackalloc byte[32];
        Span<byte> received = stackalloc byte[DigestFieldSize];
        digest = digest[.._digest.Size];
        var field = payload.Slice(DigestOffset, DigestFieldSize);
        field.CopyTo(received);
        field.Clear();
        _digest.Try(payload, digest);
        received.CopyTo(field);
        if (!CryptographicOperations.FixedTimeEquals(received, digest[..DigestFieldSize]))
        {
            return false;
        }

        _digest.Commit();
        digest[..Math.Min(TagSize, tag.Length)].CopyTo(tag);
        return true;
    }

    /// <summary>Zeroises the keys.</summary>
    public void Dispose()
    {
        _cipher.Dispose();
        _digest.Dispose();
    }
}
