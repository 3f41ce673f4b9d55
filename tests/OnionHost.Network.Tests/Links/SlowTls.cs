using System.Net;
using System.Threading.Channels;
using OnionHost.Network.Tls;

namespace OnionHost.Network.Tests.Links;

/// <summary>A connection that takes one write each time that the test reads one.</summary>
internal sealed class SlowTls : TlsConnection
{
    private readonly Channel<byte[]> _written = Channel.CreateBounded<byte[]>(1);

    public override IPEndPoint Remote { get; } = new(IPAddress.Loopback, 9001);

    public override ReadOnlyMemory<byte> PeerLeaf => default;

    public override ReadOnlyMemory<byte> LocalLeaf => default;

    public async Task<byte[]> NextAsync() => await _written.Reader.ReadAsync().AsTask().WaitAsync(Timeouts.Step);

    public override ValueTask WaitToReadAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        _written.Writer.WriteAsync(bytes.ToArray(), cancellationToken);

    public override bool TryExport(string label, ReadOnlySpan<byte> context, Span<byte> destination) => false;

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
