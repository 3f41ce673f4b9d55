using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using ArmAes = System.Runtime.Intrinsics.Arm.Aes;
using X86Aes = System.Runtime.Intrinsics.X86.Aes;

namespace OnionHost.Protocol.Cryptography;

/// <summary>AES on the processor's own instructions, without tables: constant in time, 8 blocks in flight.</summary>
internal sealed class IntrinsicAesKeystream : AesKeystream
{
    private const int Blocks = 8;
    private const int Batch = Blocks * 16;

    private readonly Vector128<byte>[] _keys;

    public IntrinsicAesKeystream(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv)
        : base(iv)
    {
        _keys = GC.AllocateUninitializedArray<Vector128<byte>>((key.Length / 4) + 7, pinned: true);
        ExpandKey(key, MemoryMarshal.Cast<Vector128<byte>, uint>(_keys.AsSpan()));
    }

    public static bool IsSupported => X86Aes.IsSupported || ArmAes.IsSupported;

    public override int BatchSize => Batch;

    private static Vector128<byte> Reversed =>
        Vector128.Create((byte)15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);

    public override int ProcessBatches(Span<byte> data)
    {
        var done = 0;
        for (; done <= data.Length - Batch; done += Batch)
        {
            Encrypt(ref Unsafe.Add(ref MemoryMarshal.GetReference(data), done), xor: true);
        }

        return done;
    }

    public override void Next(Span<byte> batch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch.Length, Batch);
        Encrypt(ref MemoryMarshal.GetReference(batch), xor: false);
    }

    public override void Dispose() => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_keys.AsSpan()));

    private void Encrypt(ref byte data, bool xor)
    {
        Vector128<byte> b0, b1, b2, b3, b4, b5, b6, b7;
        if (CounterLow <= ulong.MaxValue - Blocks)
        {
            var counter = Vector128.Create(CounterLow, CounterHigh);
            b0 = Block(counter);
            b1 = Block(counter + Vector128.Create(1UL, 0));
            b2 = Block(counter + Vector128.Create(2UL, 0));
            b3 = Block(counter + Vector128.Create(3UL, 0));
            b4 = Block(counter + Vector128.Create(4UL, 0));
            b5 = Block(counter + Vector128.Create(5UL, 0));
            b6 = Block(counter + Vector128.Create(6UL, 0));
            b7 = Block(counter + Vector128.Create(7UL, 0));
            CounterLow += Blocks;
        }
        else
        {
            (b0, b1, b2, b3) = (Carried(), Carried(), Carried(), Carried());
            (b4, b5, b6, b7) = (Carried(), Carried(), Carried(), Carried());
        }

        ref var key = ref MemoryMarshal.GetArrayDataReference(_keys);
        var rounds = _keys.Length - 1;
        if (X86Aes.IsSupported)
        {
            var k = key;
            b0 ^= k; b1 ^= k; b2 ^= k; b3 ^= k; b4 ^= k; b5 ^= k; b6 ^= k; b7 ^= k;
            for (var round = 1; round < rounds; round++)
            {
                k = Unsafe.Add(ref key, round);
                b0 = X86Aes.Encrypt(b0, k); b1 = X86Aes.Encrypt(b1, k); b2 = X86Aes.Encrypt(b2, k); b3 = X86Aes.Encrypt(b3, k);
                b4 = X86Aes.Encrypt(b4, k); b5 = X86Aes.Encrypt(b5, k); b6 = X86Aes.Encrypt(b6, k); b7 = X86Aes.Encrypt(b7, k);
            }

            k = Unsafe.Add(ref key, rounds);
            b0 = X86Aes.EncryptLast(b0, k); b1 = X86Aes.EncryptLast(b1, k); b2 = X86Aes.EncryptLast(b2, k); b3 = X86Aes.EncryptLast(b3, k);
            b4 = X86Aes.EncryptLast(b4, k); b5 = X86Aes.EncryptLast(b5, k); b6 = X86Aes.EncryptLast(b6, k); b7 = X86Aes.EncryptLast(b7, k);
        }
        else
        {
            for (var round = 0; round < rounds - 1; round++)
            {
                var k = Unsafe.Add(ref key, round);
                b0 = ArmRound(b0, k); b1 = ArmRound(b1, k); b2 = ArmRound(b2, k); b3 = ArmRound(b3, k);
                b4 = ArmRound(b4, k); b5 = ArmRound(b5, k); b6 = ArmRound(b6, k); b7 = ArmRound(b7, k);
            }

            var (last, white) = (Unsafe.Add(ref key, rounds - 1), Unsafe.Add(ref key, rounds));
            b0 = ArmAes.Encrypt(b0, last) ^ white; b1 = ArmAes.Encrypt(b1, last) ^ white;
            b2 = ArmAes.Encrypt(b2, last) ^ white; b3 = ArmAes.Encrypt(b3, last) ^ white;
            b4 = ArmAes.Encrypt(b4, last) ^ white; b5 = ArmAes.Encrypt(b5, last) ^ white;
            b6 = ArmAes.Encrypt(b6, last) ^ white; b7 = ArmAes.Encrypt(b7, last) ^ white;
        }

        if (xor)
        {
            b0 ^= Vector128.LoadUnsafe(ref data); b1 ^= Vector128.LoadUnsafe(ref data, 16);
            b2 ^= Vector128.LoadUnsafe(ref data, 32); b3 ^= Vector128.LoadUnsafe(ref data, 48);
            b4 ^= Vector128.LoadUnsafe(ref data, 64); b5 ^= Vector128.LoadUnsafe(ref data, 80);
            b6 ^= Vector128.LoadUnsafe(ref data, 96); b7 ^= Vector128.LoadUnsafe(ref data, 112);
        }

        b0.StoreUnsafe(ref data); b1.StoreUnsafe(ref data, 16); b2.StoreUnsafe(ref data, 32); b3.StoreUnsafe(ref data, 48);
        b4.StoreUnsafe(ref data, 64); b5.StoreUnsafe(ref data, 80); b6.StoreUnsafe(ref data, 96); b7.StoreUnsafe(ref data, 112);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Block(Vector128<ulong> counter) => Vector128.Shuffle(counter.AsByte(), Reversed);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> ArmRound(Vector128<byte> block, Vector128<byte> key) => ArmAes.MixColumns(ArmAes.Encrypt(block, key));

    /// <summary>One counter block where the lower half may overflow into the upper: once in 2^64 blocks.</summary>
    private Vector128<byte> Carried()
    {
        var block = Block(Vector128.Create(CounterLow, CounterHigh));
        CounterLow++;
        CounterHigh += CounterLow == 0 ? 1UL : 0;
        return block;
    }

    /// <summary>The key schedule of FIPS 197 5.2, with words in memory order.</summary>
    private static void ExpandKey(ReadOnlySpan<byte> key, Span<uint> words)
    {
        var size = key.Length / 4;
        MemoryMarshal.Cast<byte, uint>(key).CopyTo(words);
        byte constant = 1;
        for (var i = size; i < words.Length; i++)
        {
            var word = words[i - 1];
            if (i % size == 0)
            {
                word = SubWord(BitConverter.IsLittleEndian ? uint.RotateRight(word, 8) : uint.RotateLeft(word, 8));
                Span<byte> bytes = MemoryMarshal.AsBytes(new Span<uint>(ref word));
                bytes[0] ^= constant;
                constant = (byte)((constant << 1) ^ ((constant >> 7) * 0x1b));
            }
            else if (size == 8 && i % 8 == 4)
            {
                word = SubWord(word);
            }

            words[i] = words[i - size] ^ word;
        }
    }

    /// <summary>The S-box on 4 bytes. With the word in all columns, the ShiftRows of the last round changes nothing.</summary>
    private static uint SubWord(uint word)
    {
        var state = Vector128.Create(word).AsByte();
        state = X86Aes.IsSupported ? X86Aes.EncryptLast(state, Vector128<byte>.Zero) : ArmAes.Encrypt(state, Vector128<byte>.Zero);
        return state.AsUInt32().ToScalar();
    }
}
