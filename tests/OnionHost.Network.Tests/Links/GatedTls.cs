using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using OnionHost.Network.Tls;

namespace OnionHost.Network.Tests.Links;

/// <summary>TLS whose initiator can be made to write nothing more, as if the peer did not read.</summary>
internal sealed class GatedTls : ITlsBackend
{
    private readonly ITlsBackend _inner = TlsBackends.Best();
    private readonly TaskCompletionSource _never = new();
    private volatile bool _isShut;

    public bool CanExport => _inner.CanExport;

    public void Shut() => _isShut = true;

    public async Task<TlsConnection> ConnectAsync(Socket socket, string serverName, CancellationToken cancellationToken) =>
        new Connection(this, await _inner.ConnectAsync(socket, serverName, cancellationToken));

    public Task<TlsConnection> AcceptAsync(Socket socket, X509Certificate2 certificate, CancellationToken cancellationToken) =>
        _inner.AcceptAsync(socket, certificate, cancellationToken);

    private sealed class Connection(GatedTls gate, TlsConnection inner) : TlsConnection
    {
        public override IPEndPoint Remote => inner.Remote;

        public override ReadOnlyMemory<byte> PeerLeaf => inner.PeerLeaf;

        public override ReadOnlyMemory<byte> LocalLeaf => inner.LocalLeaf;

        public override ValueTask WaitToReadAsync(CancellationToken cancellationToken) => inner.WaitToReadAsync(cancellationToken);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) => inner.ReadAsync(buffer, cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
            gate._isShut ? new ValueTask(gate._never.Task) : inner.WriteAsync(bytes, cancellationToken);

        public override bool TryExport(string label, ReadOnlySpan<byte> context, Span<byte> destination) => inner.TryExport(label, context, destination);

        public override ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
