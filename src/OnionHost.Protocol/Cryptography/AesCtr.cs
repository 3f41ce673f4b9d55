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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Xor(Span<byte> target, ReadOnlySpan<byte> keystream)
    {
        ref var to = ref MemoryMarshal.GetReference(target);
        ref var with = ref MemoryMarshal.GetReference(keystream[..target.Length]);
        var length = (nuint)target.Length;
        nuint done = 0;
        for (; done + BlockSize <= length; done += BlockSize)
        {
            (Vector128.LoadUnsafe(ref to, done) ^ Vector128.LoadUnsafe(ref with, done)).StoreUnsafe(ref to, done);
        }

        Step<ulong>(ref to, ref with, ref done, length);
        Step<uint>(ref to, ref with, ref done, length);
        Step<ushort>(ref to, ref with, ref done, length);
        Step<byte>(ref to, ref with, ref done, length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step<T>(ref byte to, ref byte with, ref nuint done, nuint length)
        where T : unmanaged, IBinaryInteger<T>
    {
        var size = (nuint)Unsafe.SizeOf<T>();
        if (done + size <= length)
        {
            ref var target = ref Unsafe.Add(ref to, done);
            Unsafe.WriteUnaligned(ref target, Unsafe.ReadUnaligned<T>(ref target) ^ Unsafe.ReadUnaligned<T>(ref Unsafe.Add(ref with, done)));
            done += size;
        }
    }
}
