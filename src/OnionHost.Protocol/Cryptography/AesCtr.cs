using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace OnionHost.Protocol.Cryptography;

/// <summary>
/// AES in counter mode, 128 or 256 bits, whose keystream runs on from call to call: the onion layers of relay cells
/// (tor-spec 6.1) and the encryption of descriptors. Not safe for concurrent use. No allocation after construction.
/// </summary>
public sealed class AesCtr : IDisposable
{
    private const int BlockSize = 16;

    private readonly AesKeystream _keystream;
    private readonly byte[] _buffer;
    private int _used;

    /// <summary>Starts the keystream.</summary>
    /// <param name="key">16 or 32 bytes.</param>
    /// <param name="iv">16 bytes, the first counter block; empty for zero.</param>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public AesCtr(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv = default)
        : this(key, iv, AesKeystream.PreferredKind)
    {
    }

    internal AesCtr(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, AesKeystreamKind kind)
    {
        if (key.Length is not (16 or 32) || iv.Length is not (0 or BlockSize))
        {
            throw new ArgumentException("AES-CTR takes a key of 16 or 32 bytes and an IV of 16 bytes or none.", nameof(key));
        }

        _keystream = AesKeystream.Create(key, iv, kind);
        _buffer = new byte[_keystream.BatchSize];
        _used = _buffer.Length;
    }

    /// <summary>Encrypts or decrypts in place: both are the same.</summary>
    public void Process(Span<byte> inPlace)
    {
        ObjectDisposedException.ThrowIf(_used < 0, this);
        var ready = Math.Min(_buffer.Length - _used, inPlace.Length);
        Xor(inPlace[..ready], _buffer.AsSpan(_used));
        _used += ready;
        inPlace = inPlace[ready..];
        inPlace = inPlace[_keystream.ProcessBatches(inPlace)..];
        while (!inPlace.IsEmpty)
        {
            _keystream.Next(_buffer);
            _used = Math.Min(_buffer.Length, inPlace.Length);
            Xor(inPlace[.._used], _buffer);
            inPlace = inPlace[_used..];
        }
    }

    /// <summary>Zeroises the keys and the keystream.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_buffer);
        _keystream.Dispose();
        _used = -1;
    }

    /// <summary>In steps of 16, 8, 4, 2 and 1 bytes: pieces of the keystream rarely have a round length.</summary>
    private static void Xor(Span<byte> target, ReadOnlySpan<byte> keystream)
    {
        keystream = keystream[..target.Length];
        while (target.Length >= BlockSize)
        {
            (Vector128.Create<byte>(target) ^ Vector128.Create(keystream)).CopyTo(target);
            target = target[BlockSize..];
            keystream = keystream[BlockSize..];
        }

        Step<ulong>(ref target, ref keystream);
        Step<uint>(ref target, ref keystream);
        Step<ushort>(ref target, ref keystream);
        Step<byte>(ref target, ref keystream);
    }

    private static void Step<T>(ref Span<byte> target, ref ReadOnlySpan<byte> keystream)
        where T : unmanaged, IBinaryInteger<T>
    {
        var size = Unsafe.SizeOf<T>();
        if (target.Length >= size)
        {
            MemoryMarshal.Write(target, MemoryMarshal.Read<T>(target) ^ MemoryMarshal.Read<T>(keystream));
            target = target[size..];
            keystream = keystream[size..];
        }
    }
}
