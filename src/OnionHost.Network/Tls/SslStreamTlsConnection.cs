using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace OnionHost.Network.Tls;

/// <summary>A connection made by <see cref="SslStreamTlsBackend"/>.</summary>
internal sealed class SslStreamTlsConnection(Socket socket, SslStream stream, ReadOnlyMemory<byte> localLeaf) : TlsConnection
{
    /// <inheritdoc/>
    public override IPEndPoint Remote { get; } = (IPEndPoint)socket.RemoteEndPoint!;

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> PeerLeaf { get; } = stream.RemoteCertificate?.GetRawCertData();

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> LocalLeaf => localLeaf;

    /// <inheritdoc/>
    public override async ValueTask WaitToReadAsync(CancellationToken cancellationToken) =>
        await stream.ReadAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        stream.ReadAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        stream.WriteAsync(bytes, cancellationToken);

    /// <inheritdoc/>
    public override bool TryExport(string label, ReadOnlySpan<byte> context, Span<byte> destination) => false;

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        // Closing the socket first ends whoever waits; SslStream alone would wait for them.
        socket.Dispose();
        return stream.DisposeAsync();
    }
}
