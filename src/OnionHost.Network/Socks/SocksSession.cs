using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using OnionHost.Network.Paths;
using OnionHost.Network.Streams;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Socks;

/// <summary>One client of the SOCKS port, from its greeting to its end.</summary>
internal sealed class SocksSession : IDisposable
{
    private readonly NodeContext _context;
    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly IStreamDialer _dialer;
    private readonly SocksOptions _options;
    private readonly ILogger _logger;
    private readonly SocksReader _reader;

    public SocksSession(NodeContext context, Socket socket, IStreamDialer dialer, SocksOptions options, ILogger logger)
    {
        socket.NoDelay = true;
        _context = context;
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
        _dialer = dialer;
        _options = options;
        _logger = logger;
        _reader = new SocksReader(_stream);
    }

    public async Task RunAsync(CancellationToken stop)
    {
        if (await NegotiateAsync(stop) is not { } request)
        {
            return;
        }

        switch (request.Command)
        {
            case SocksCommand.Connect:
                await ConnectAsync(request, stop);
                break;
            case SocksCommand.Resolve:
                await ReplyAsync(request, token => ResolveAsync(request, token), stop);
                break;
            default:
                await ReplyAsync(request, token => ResolvePtrAsync(request, token), stop);
                break;
        }
    }

    public void Dispose() => _stream.Dispose();

    private async Task<SocksRequest?> NegotiateAsync(CancellationToken stop)
    {
        using var late = new CancellationTokenSource(_options.NegotiationTimeout, _context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, late.Token);
        try
        {
            var client = ((IPEndPoint)_socket.RemoteEndPoint!).Address;
            return await new SocksNegotiation(_reader, _stream, client).ReadAsync(either.Token);
        }
        catch (SocksRefusal refusal)
        {
            SocksLog.Refused(_logger, refusal.Message);
            if (refusal.Answer.Length > 0)
            {
                await _stream.WriteAsync(refusal.Answer, either.Token);
                await CloseGentlyAsync(stop);
            }

            return null;
        }
    }

    private async Task ConnectAsync(SocksRequest request, CancellationToken stop)
    {
        TorStream? tor = null;
        var connected = await ReplyAsync(
            request,
            async token =>
            {
                if (IPAddress.TryParse(request.Host, out _))
                {
                    SocksLog.BareAddress(_logger);
                }

                tor = await _dialer.DialAsync(new StreamTarget(request.Host, request.Port, request.Isolation), token);
                return SocksReply.Write(request.Version, SocksReplyCode.Succeeded);
            },
            stop);
        if (tor is null)
        {
            return;
        }

        await using (tor)
        {
            if (connected)
            {
                await new SocksSplice(_context, _socket, tor, _options).RunAsync(_reader.Buffered, stop);
            }
            else
            {
                tor.Abort(EndReason.Misc);
            }
        }
    }

    private async Task<byte[]> ResolveAsync(SocksRequest request, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(request.Host, out var literal))
        {
            return AnswerOf(request, [literal]);
        }

        if (SocksHost.IsOnionName(request.Host))
        {
            return SocksReply.Write(request.Version, SocksReplyCode.HostUnreachable);
        }

        var resolved = await _dialer.ResolveAsync(request.Host, request.Isolation, cancellationToken);
        return AnswerOf(request, resolved.Answers
            .Where(a => a.Type is ResolvedType.IPv4 or ResolvedType.IPv6 && a.Value.Length is 4 or 16)
            .Select(a => new IPAddress(a.Value.Span)));
    }

    private async Task<byte[]> ResolvePtrAsync(SocksRequest request, CancellationToken cancellationToken)
    {
        if (!IPAddress.TryParse(request.Host, out var address))
        {
            return SocksReply.Write(request.Version, SocksReplyCode.GeneralFailure);
        }

        var resolved = await _dialer.ResolveAsync(SocksHost.ReverseName(address), request.Isolation, cancellationToken);
        foreach (var answer in resolved.Answers)
        {
            if (answer.Type == ResolvedType.HostName && SocksHost.Normalize(answer.Value.Span) is not null)
            {
                return SocksReply.WriteName(answer.Value.Span);
            }
        }

        return SocksReply.Write(request.Version, SocksReplyCode.HostUnreachable);
    }

    private static byte[] AnswerOf(SocksRequest request, IEnumerable<IPAddress> addresses)
    {
        var address = addresses.OrderBy(a => a.AddressFamily == AddressFamily.InterNetwork ? 0 : 1)
            .FirstOrDefault(a => request.Version == 5 || a.AddressFamily == AddressFamily.InterNetwork);
        return address is null
            ? SocksReply.Write(request.Version, SocksReplyCode.HostUnreachable)
            : SocksReply.WriteAddress(request.Version, address);
    }

    /// <summary>Runs the work with the connect timeout, and while the client is there; sends its reply or the code of its failure.</summary>
    private async Task<bool> ReplyAsync(SocksRequest request, Func<CancellationToken, Task<byte[]>> work, CancellationToken stop)
    {
        using var late = new CancellationTokenSource(_options.ConnectTimeout, _context.Time);
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(stop, late.Token);
        using var watch = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var watching = WatchClientAsync(gone, watch.Token);
        byte[] reply;
        var succeeded = false;
        try
        {
            reply = await work(gone.Token);
            succeeded = true;
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            var code = SocksReply.CodeOf(e);
            SocksLog.Failed(_logger, request, code, e.Message);
            reply = SocksReply.Write(request.Version, code);
        }
        finally
        {
            await watch.CancelAsync();
            await watching;
        }

        await _stream.WriteAsync(reply, stop);
        if (!succeeded || request.Command != SocksCommand.Connect)
        {
            await CloseGentlyAsync(stop);
        }

        return succeeded;
    }

    /// <summary>Cancels the work when the client closes; waits on nothing else once it has sent data ahead.</summary>
    private async Task WatchClientAsync(CancellationTokenSource gone, CancellationToken stop)
    {
        try
        {
            while (_reader.Buffered.IsEmpty)
            {
                await _socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, stop);
                if (_socket.Available > 0)
                {
                    return;
                }

                // An empty read may also end without cause; only a readable socket without bytes has come to its end.
                if (_socket.Poll(TimeSpan.Zero, SelectMode.SelectRead) && _socket.Available == 0)
                {
                    await gone.CancelAsync();
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The work was done first.
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            await gone.CancelAsync();
        }
    }

    /// <summary>Closes without a reset that would overtake the answer: sends FIN, then waits a little for the client's.</summary>
    private async Task CloseGentlyAsync(CancellationToken stop)
    {
        _socket.Shutdown(SocketShutdown.Send);
        using var late = new CancellationTokenSource(_options.LingerTimeout, _context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, late.Token);
        var dropped = new byte[512];
        while (await _stream.ReadAsync(dropped, either.Token) > 0)
        {
            // A client that still talks is not heard any more.
        }
    }
}
