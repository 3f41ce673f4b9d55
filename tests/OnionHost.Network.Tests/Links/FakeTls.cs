using System.Net;
using System.Security.Cryptography;
using System.Text;
using OnionHost.Network.Tls;

namespace OnionHost.Network.Tests.Links;

/// <summary>What a handshake asks of its TLS connection, without any bytes moving. Both ends export the same.</summary>
internal sealed class FakeTls(ReadOnlyMemory<byte> peerLeaf, ReadOnlyMemory<byte> localLeaf) : TlsConnection
{
    public override IPEndPoint Remote { get; } = new(IPAddress.Loopback, 9001);

    public override ReadOnlyMemory<byte> PeerLeaf => peerLeaf;

    public override ReadOnlyMemory<byte> LocalLeaf => localLeaf;

    public override ValueTask WaitToReadAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override bool TryExport(string label, ReadOnlySpan<byte> context, Span<byte> destination)
    {
        SHA256.HashData([.. Encoding.ASCII.GetBytes(label), .. context], destination);
        return true;
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
