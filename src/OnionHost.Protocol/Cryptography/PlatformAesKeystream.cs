using System.Buffers.Binary;
using System.Security.Cryptography;

namespace OnionHost.Protocol.Cryptography;

/// <summary>Encrypts 2 KB of counters with one call, because a call of the base class library costs more than its blocks.</summary>
internal sealed class PlatformAesKeystream : AesKeystream
{
    private const int Blocks = 128;

    private readonly Aes _aes;
    private readonly ICryptoTransform _transform;
    private readonly byte[] _counters = new byte[Blocks * 16];
    private readonly byte[] _output = new byte[Blocks * 16];

    public PlatformAesKeystream(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv)
        : base(iv)
    {
        _aes = Aes.Create();
        _aes.Mode = CipherMode.ECB;
        _aes.Padding = PaddingMode.None;
        _aes.SetKey(key);
        _transform = _aes.CreateEncryptor();
    }

    public override int BatchSize => Blocks * 16;

    public override int ProcessBatches(Span<byte> data) => 0;

    public override void Next(Span<byte> batch)
    {
        for (var i = 0; i < _counters.Length; i += 16)
        {
            BinaryPrimitives.WriteUInt64BigEndian(_counters.AsSpan(i), CounterHigh);
            BinaryPrimitives.WriteUInt64BigEndian(_counters.AsSpan(i + 8), CounterLow);
            CounterLow++;
            CounterHigh += CounterLow == 0 ? 1UL : 0;
        }

        _transform.TransformBlock(_counters, 0, _counters.Length, _output, 0);
        _output.CopyTo(batch);
    }

    public override void Dispose()
    {
        CryptographicOperations.ZeroMemory(_output);
        _transform.Dispose();
        _aes.Dispose();
    }
}
