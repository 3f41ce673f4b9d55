using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Authentication;

namespace OnionHost.Network.Tls;

/// <summary>A connection made by <see cref="LibSslTlsBackend"/>: a socket and a session, ciphertext moved in large pieces.</summary>
internal sealed class LibSslTlsConnection : TlsConnection
{
    /// <summary>What one receive takes: about four full records.</summary>
    private const int InputSize = 64 * 1024;

    /// <summary>What one send takes: as much as a link writes at once, with headers and tags.</summary>
    private const int OutputSize = 64 * 1024;

    private readonly Socket _socket;
    private readonly LibSslSession _session;
    private readonly SemaphoreSlim _sending = new(1, 1);
    private byte[] _peerLeaf = [];

    public LibSslTlsConnection(Socket socket, LibSslSession session, ReadOnlyMemory<byte> localLeaf)
    {
        _socket = socket;
        _session = session;
        LocalLeaf = localLeaf;
        Remote = (IPEndPoint)socket.RemoteEndPoint!;
    }

    /// <inheritdoc/>
    public override IPEndPoint Remote { get; }

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> PeerLeaf => _peerLeaf;

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> LocalLeaf { get; }

    /// <summary>Shakes hands.</summary>
    public async Task ShakeHandsAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var done = false;
            try
            {
                done = _session.TryShakeHands();
            }
            finally
            {
                // Also what tells the peer why it failed.
                await FlushAsync(cancellationToken).ConfigureAwait(false);
            }

            if (done)
            {
                _peerLeaf = _session.PeerCertificate();
                return;
            }

            if (!await ReceiveAsync(cancellationToken).ConfigureAwait(false))
            {
                throw new AuthenticationException("TLS handshake failed: the peer closed the connection.");
            }
        }
    }

    /// <inheritdoc/>
    public override async ValueTask WaitToReadAsync(CancellationToken cancellationToken)
    {
        if (!_session.CanRead())
        {
            await _socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            var count = _session.Read(buffer.Span, out var isEnd);
            if (_session.HasOutput)
            {
                await FlushAsync(cancellationToken).ConfigureAwait(false);
            }

            if (count > 0 || isEnd || !await ReceiveAsync(cancellationToken).ConfigureAwait(false))
            {
                return count;
            }
        }
    }

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        _session.Write(bytes.Span);
        return FlushAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override bool TryExport(string label, ReadOnlySpan<byte> context, Span<byte> destination) =>
        _session.TryExport(label, context, destination);

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _session.Dispose();
        return ValueTask.CompletedTask;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> ReceiveAsync(CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(InputSize);
        try
        {
            var count = await _socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken).ConfigureAwait(false);
            if (count > 0)
            {
                _session.Feed(buffer.AsSpan(0, count));
            }

            return count > 0;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        // Taken out and sent under one gate: the order of the records is the order on the wire.
        await _sending.WaitAsync(cancellationToken).ConfigureAwait(false);
        var buffer = ArrayPool<byte>.Shared.Rent(OutputSize);
        try
        {
            for (int count; (count = _session.TakeOutput(buffer)) > 0;)
            {
                for (var sent = 0; sent < count;)
                {
                    sent += await _socket.SendAsync(buffer.AsMemory(sent, count - sent), SocketFlags.None, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            _sending.Release();
        }
    }
}
