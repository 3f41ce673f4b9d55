using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using OnionHost.Network.Tls;
using OnionHost.Protocol;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Encoding;

namespace OnionHost.Network.Links;

/// <summary>Makes links out of addresses and sockets: TCP, TLS, and the link's handshake, each bounded in time.</summary>
internal sealed class LinkConnector(NodeContext context, LinkOptions options)
{
    private const int ServerNameBytes = 10;

    private readonly ITlsBackend _tls = options.Tls ?? TlsBackends.Best();

    /// <summary>True if a relay can prove its identity to others.</summary>
    public bool CanAuthenticate => _tls.CanExport;

    /// <summary>Opens a link to one address of the target.</summary>
    /// <exception cref="LinkException">It did not come about; the reason says why.</exception>
    public async Task<OpenedLink> ConnectAsync(LinkTarget target, IPEndPoint address, CancellationToken cancellationToken)
    {
        try
        {
            var socket = await ConnectSocketAsync(address, cancellationToken);
            using var timeout = StartTimeout(cancellationToken, out var timer);
            using (timer)
            {
                var name = $"www.{Text.EncodeBase32(context.Random.Bytes(ServerNameBytes))}.com";
                var tls = await _tls.ConnectAsync(socket, name, timeout.Token);
                return await RunAsync(tls, new InitiatorHandshake(HandshakeContext(tls), target), timeout.Token);
            }
        }
        catch (Exception e) when (e is ProtocolException or AuthenticationException or SocketException or IOException or ObjectDisposedException)
        {
            throw new LinkException(DestroyReason.ConnectFailed, "A relay did not become a link: " + e.Message, e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LinkException(DestroyReason.ConnectFailed, $"A relay did not answer within {options.HandshakeTimeout.TotalSeconds} s.", e);
        }
    }

    /// <summary>Answers an inbound connection.</summary>
    public async Task<OpenedLink> AcceptAsync(Socket socket, CancellationToken cancellationToken)
    {
        using var timeout = StartTimeout(cancellationToken, out var timer);
        using (timer)
        {
            socket.NoDelay = true;
            var credentials = options.Credentials!();
            var tls = await _tls.AcceptAsync(socket, credentials.TlsLeaf, timeout.Token);
            return await RunAsync(tls, new ResponderHandshake(HandshakeContext(tls) with { Credentials = credentials }), timeout.Token);
        }
    }

    private static async Task<OpenedLink> RunAsync(TlsConnection tls, LinkHandshake handshake, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(LinkReader.BufferSize);
        try
        {
            using (handshake)
            {
                var filled = await ShakeHandsAsync(tls, handshake, buffer, cancellationToken);
                return new OpenedLink(tls, handshake.Complete(), buffer, filled);
            }
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            await tls.DisposeAsync();
            throw;
        }
    }

    private static async Task<int> ShakeHandsAsync(TlsConnection tls, LinkHandshake handshake, byte[] buffer, CancellationToken cancellationToken)
    {
        var filled = 0;
        while (true)
        {
            var outgoing = handshake.TakeOutgoing();
            if (outgoing.Length > 0)
            {
                await tls.WriteAsync(outgoing, cancellationToken);
            }

            if (handshake.Step == LinkHandshakeStep.Open)
            {
                return filled;
            }

            var read = await tls.ReadAsync(buffer.AsMemory(filled, LinkReader.BufferSize - filled), cancellationToken);
            if (read == 0)
            {
                throw new ProtocolException("The peer closed the link during its handshake.");
            }

            filled += read;
            filled = Feed(handshake, buffer.AsSpan(0, filled));
        }
    }

    /// <summary>Hands out the cells that are complete; the rest moves to the front.</summary>
    private static int Feed(LinkHandshake handshake, Span<byte> bytes)
    {
        var position = 0;
        while (handshake.Step != LinkHandshakeStep.Open
            && CellFraming.TryRead(bytes[position..], handshake.CircuitIdSize, out var cell, out var consumed))
        {
            handshake.OnCell(cell, bytes.Slice(position, consumed));
            position += consumed;
        }

        bytes[position..].CopyTo(bytes);
        return bytes.Length - position;
    }

    private LinkHandshakeContext HandshakeContext(TlsConnection tls) => new(context, tls, _tls.CanExport, options.Credentials?.Invoke(), options.OwnAddresses);

    private async Task<Socket> ConnectSocketAsync(IPEndPoint address, CancellationToken cancellationToken)
    {
        using var timeout = StartTimeout(cancellationToken, out var timer);
        using (timer)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                if (options.ConnectFrom is { } local && local.AddressFamily == address.AddressFamily)
                {
                    socket.Bind(new IPEndPoint(local, 0));
                }

                await socket.ConnectAsync(address, timeout.Token);
                return socket;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    private CancellationTokenSource StartTimeout(CancellationToken cancellationToken, out CancellationTokenSource timer)
    {
        timer = new CancellationTokenSource(options.HandshakeTimeout, context.Time);
        return CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
    }
}
