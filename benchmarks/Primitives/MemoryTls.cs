using System.Net;
using OnionHost.Network.Tls;

namespace OnionHost.Benchmarks.Primitives;

/// <summary>A connection without TLS or socket: reads give the same bytes so many times and then the end, writes go nowhere.</summary>
internal sealed class MemoryTls(byte[] input) : TlsConnection
{
    private int _reads;

    public override IPEndPoint Remote { get; } = new(IPAddress.Loopback, 9001);

    public override ReadOnlyMemory<byte> PeerLeaf => default;

    public override ReadOnlyMemory<byte> LocalLeaf => default;

    /// <summary>Bytes written so far.</summary>
    public long Written { get; private set; }

    /// <summary>Gives the input so many times from here on.</summary>
    public void Rewind(int reads) => _reads = reads;

    public override ValueTask WaitToReadAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_reads-- <= 0)
        {
            return new ValueTask<int>(0);
        }

        input.CopyTo(buffer);
        return new ValueTask<int>(input.Length);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        Written += bytes.Length;
        return ValueTask.CompletedTask;
    }

    public override bool TryExport(string label, ReadOnlySpan<byte> context, Span<byte> destination) => false;

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
