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
        _keys = new Vector128<byte>[(key.Length / 4) + 7];
        ExpandKey(key, MemoryMarshal.Cast<Vector128<byte>, uint>(_keys.AsSpan()));
    }

    public static bool IsSupported => X86Aes.IsSupported || ArmAes.IsSupported;

    public override int BatchSize => Batch;

    public override int ProcessBatches(Span<byte> data)
    {
        var done = 0;
        for (; done <= data.Length - Batch; done += Batch)
        {
            Apply(ref Unsafe.Add(ref MemoryMarshal.GetReference(data), done));
        }

        return done;
    }

    public override void Next(Span<byte> batch)
    {
        batch[..Batch].Clear();
        Apply(ref MemoryMarshal.GetReference(batch));
    }

    public override void Dispose() => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_keys.AsSpan()));

    /// <summary>
    /// XORs one batch of keystream into 128 bytes. The eight blocks stay in registers only as long as nothing is called from here: so the
    /// rare case of an overflowing counter is elsewhere, and the rounds are inlined. Optimized at once: a process's first megabytes
    /// would otherwise call every round of every block.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Apply(ref byte data)
    {
        if (CounterLow > ulong.MaxValue - Blocks)
        {
            ApplyWithCarry(ref data);
            return;
        }

        var counter = Vector128.Create(CounterLow, CounterHigh);
        CounterLow += Blocks;
        var b0 = Block(counter);
        var b1 = Block(counter + Vector128.Create(1UL, 0));
        var b2 = Block(counter + Vector128.Create(2UL, 0));
        var b3 = Block(counter + Vector128.Create(3UL, 0));
        var b4 = Block(counter + Vector128.Create(4UL, 0));
        var b5 = Block(counter + Vector128.Create(5UL, 0));
        var b6 = Block(counter + Vector128.Create(6UL, 0));
        var b7 = Block(counter + Vector128.Create(7UL, 0));
        ref var key = ref MemoryMarshal.GetArrayDataReference(_keys);
        var last = _keys.Length - 1;
        Whiten(key, ref b0, ref b1, ref b2, ref b3);
        Whiten(key, ref b4, ref b5, ref b6, ref b7);
        for (var round = 1; round < last; round++)
        {
            var k = Unsafe.Add(ref key, round);
            Round(k, ref b0, ref b1, ref b2, ref b3);
            Round(k, ref b4, ref b5, ref b6, ref b7);
        }

        LastRound(Unsafe.Add(ref key, last), ref b0, ref b1, ref b2, ref b3);
        LastRound(Unsafe.Add(ref key, last), ref b4, ref b5, ref b6, ref b7);
        Store(ref data, b0, b1, b2, b3);
        Store(ref Unsafe.Add(ref data, Batch / 2), b4, b5, b6, b7);
    }

    /// <summary>Block by block, with a counter whose lower half may overflow into the upper: once in 2^64 blocks.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ApplyWithCarry(ref byte data)
    {
        for (var i = 0; i < Blocks; i++)
        {
            var block = Block(Vector128.Create(CounterLow, CounterHigh)) ^ _keys[0];
            CounterLow++;
            CounterHigh += CounterLow == 0 ? 1UL : 0;
            for (var round = 1; round < _keys.Length - 1; round++)
            {
                block = Round(block, _keys[round]);
            }

            ref var target = ref Unsafe.Add(ref data, i * 16);
            (LastRound(block, _keys[^1]) ^ Vector128.LoadUnsafe(ref target)).StoreUnsafe(ref target);
        }
    }

    /// <summary>The counter as the cipher takes it: big-endian.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Block(Vector128<ulong> counter) =>
        Vector128.Shuffle(counter.AsByte(), Vector128.Create((byte)15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));

    /// <summary>SubBytes, ShiftRows, MixColumns, then the round key. Arm adds its key before, so it is given none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Round(Vector128<byte> block, Vector128<byte> key) => X86Aes.IsSupported
        ? X86Aes.Encrypt(block, key)
        : ArmAes.MixColumns(ArmAes.Encrypt(block, Vector128<byte>.Zero)) ^ key;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> LastRound(Vector128<byte> block, Vector128<byte> key) => X86Aes.IsSupported
        ? X86Aes.EncryptLast(block, key)
        : ArmAes.Encrypt(block, Vector128<byte>.Zero) ^ key;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Whiten(Vector128<byte> key, ref Vector128<byte> a, ref Vector128<byte> b, ref Vector128<byte> c, ref Vector128<byte> d)
    {
        a ^= key;
        b ^= key;
        c ^= key;
        d ^= key;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(Vector128<byte> key, ref Vector128<byte> a, ref Vector128<byte> b, ref Vector128<byte> c, ref Vector128<byte> d)
    {
        a = Round(a, key);
        b = Round(b, key);
        c = Round(c, key);
        d = Round(d, key);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LastRound(Vector128<byte> key, ref Vector128<byte> a, ref Vector128<byte> b, ref Vector128<byte> c, ref Vector128<byte> d)
    {
        a = LastRound(a, key);
        b = LastRound(b, key);
        c = LastRound(c, key);
        d = LastRound(d, key);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(ref byte data, Vector128<byte> a, Vector128<byte> b, Vector128<byte> c, Vector128<byte> d)
    {
        (a ^ Vector128.LoadUnsafe(ref data)).StoreUnsafe(ref data);
        (b ^ Vector128.LoadUnsafe(ref data, 16)).StoreUnsafe(ref data, 16);
        (c ^ Vector128.LoadUnsafe(ref data, 32)).StoreUnsafe(ref data, 32);
        (d ^ Vector128.LoadUnsafe(ref data, 48)).StoreUnsafe(ref data, 48);
    }

    /// <summary>The key schedule of FIPS 197 5.2, with words in memory order.</summary>
    private static void ExpandKey(ReadOnlySpan<byte> key, Span<uint> words)
    {
        var size = key.Length / 4;
        MemoryMarshal.Cast<byte, uint>(key).CopyTo(words);
        uint constant = 1;
        for (var i = size; i < words.Length; i++)
        {
            var word = words[i - 1];
            if (i % size == 0)
            {
                word = SubWord(uint.RotateRight(word, 8)) ^ constant;
                constant = ((constant << 1) ^ ((constant >> 7) * 0x11b)) & 0xff;
            }
            else if (size == 8 && i % 8 == 4)
            {
                word = SubWord(word);
            }

            words[i] = words[i - size] ^ word;
        }
    }

    /// <summary>The S-box on 4 bytes. With the word in all columns, the ShiftRows of the last round changes nothing.</summary>
    private static uint SubWord(uint word) => LastRound(Vector128.Create(word).AsByte(), Vector128<byte>.Zero).AsUInt32().ToScalar();
}
