using System.Security.Cryptography;
using OnionHost.Protocol.Cryptography;

namespace OnionHost.Protocol.Handshakes;

/// <summary>The keys under which a client hides its request inside INTRODUCE1 (rend-spec-v3 3.3.1).</summary>
public sealed class IntroduceKeys : IDisposable
{
    /// <summary>Bytes of the MAC.</summary>
    public const int MacSize = 32;

    private readonly byte[] _keys;

    internal IntroduceKeys(ReadOnlySpan<byte> keys)
    {
        _keys = new byte[64];
        keys.CopyTo(_keys);
    }

    /// <summary>Encrypts or decrypts the hidden part in place; the keystream starts anew each time.</summary>
    public void Crypt(Span<byte> inPlace)
    {
        using var cipher = new AesCtr(_keys.AsSpan(0, 32));
        cipher.Process(inPlace);
    }

    /// <summary>Writes the MAC (32 bytes) over the message from its first byte to the end of the encrypted part.</summary>
    public void Mac(ReadOnlySpan<byte> covered, Span<byte> mac)
    {
        using var hasher = new Sha3Hasher();
        hasher.AppendUInt64(32).Append(_keys.AsSpan(32)).Append(covered).Finish(mac[..MacSize]);
    }

    /// <summary>Zeroises the keys.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(_keys);
}
