using System.Buffers.Binary;

namespace OnionHost.Protocol.Cryptography;

/// <summary>The blocks E(counter), E(counter + 1), ... of AES in counter mode, made in batches.</summary>
internal abstract class AesKeystream : IDisposable
{
    protected AesKeystream(ReadOnlySpan<byte> iv)
    {
        if (!iv.IsEmpty)
        {
            CounterHigh = BinaryPrimitives.ReadUInt64BigEndian(iv);
            CounterLow = BinaryPrimitives.ReadUInt64BigEndian(iv[8..]);
        }
    }

    /// <summary>The intrinsics where the processor has them.</summary>
    public static AesKeystreamKind PreferredKind =>
        IntrinsicAesKeystream.IsSupported ? AesKeystreamKind.Intrinsics : AesKeystreamKind.Platform;

    /// <summary>Bytes of one batch.</summary>
    public abstract int BatchSize { get; }

    /// <summary>The upper half of the next counter block.</summary>
    protected ulong CounterHigh { get; set; }

    /// <summary>The lower half of the next counter block.</summary>
    protected ulong CounterLow { get; set; }

    public static AesKeystream Create(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, AesKeystreamKind kind) =>
        kind == AesKeystreamKind.Intrinsics ? new IntrinsicAesKeystream(key, iv) : new PlatformAesKeystream(key, iv);

    /// <summary>XORs the keystream into as many whole batches as <paramref name="data"/> holds; gives the bytes done.</summary>
    public abstract int ProcessBatches(Span<byte> data);

    /// <summary>Fills <paramref name="batch"/>, of <see cref="BatchSize"/> bytes, with the next keystream.</summary>
    public abstract void Next(Span<byte> batch);

    public abstract void Dispose();
}
