using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using OnionHost.Network.Paths;
using OnionHost.Protocol;

namespace OnionHost.Network.Socks;

/// <summary>
/// A SOCKS 4, 4a and 5 port in front of an <see cref="IStreamDialer"/>. It never opens a connection by itself:
/// what the dialer cannot reach is refused.
/// </summary>
internal sealed class SocksServer : IAsyncDisposable
{
    private readonly NodeContext _context;
    private readonly IPEndPoint _listen;
    private readonly IStreamDialer _dialer;
    private readonly SocksOptions _options;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Task, bool> _sessions = new();
    private Socket? _listener;
    private BackgroundLoop? _accepting;
    private int _clients;

    public SocksServer(NodeContext context, IPEndPoint listen, IStreamDialer dialer, SocksOptions? options = null)
    {
        _context = context;
        _listen = listen;
        _dialer = dialer;
        _options = options ?? new SocksOptions();
        _logger = context.Loggers.CreateLogger<SocksServer>();
        EndPoint = listen;
    }

    /// <summary>Where it listens; after the start with the port that was given when 0 was asked for.</summary>
    public IPEndPoint EndPoint { get; private set; }

    /// <summary>Clients connected now.</summary>
    public int ClientCount => Volatile.Read(ref _clients);

    /// <summary>Starts to listen.</summary>
    /// <exception cref="TorException">The address is not a loopback one, or the port is in use.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!IPAddress.IsLoopback(_listen.Address) && !_options.AllowOtherMachines)
        {
            throw new TorException(TorErrorKind.Local,
                $"The SOCKS port was asked to listen on {_listen.Address}, which other machines can reach; they could then use it as a proxy. Use 127.0.0.1.");
        }

        var listener = new Socket(_listen.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(_listen);
            listener.Listen(512);
        }
        catch (SocketException e)
        {
            listener.Dispose();
            throw new TorException(TorErrorKind.Local,
                $"The SOCKS port cannot listen on {_listen}: {e.Message}. Choose another port, or 0 for a free one.", isTransient: false, e) { Cause = TorCause.PortUnavailable };
        }

        _listener = listener;
        EndPoint = (IPEndPoint)listener.LocalEndPoint!;
        SocksLog.Listening(_logger, EndPoint);
        _accepting = BackgroundLoop.Start("SOCKS port", _context, AcceptAsync);
        return Task.CompletedTask;
    }

    /// <summary>Stops listening and ends all clients.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_accepting is not null)
        {
            await _accepting.DisposeAsync();
        }

        _listener?.Dispose();
        await Task.WhenAll(_sessions.Keys);
        _stop.Dispose();
    }

    private async Task AcceptAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var client = await _listener!.AcceptAsync(stop);
            if (Interlocked.Increment(ref _clients) > _options.MaxClients)
            {
                SocksLog.Full(_logger, _options.MaxClients);
                Interlocked.Decrement(ref _clients);
                client.Dispose();
                continue;
            }

            Serve(client);
        }
    }

    private void Serve(Socket client)
    {
        var session = Task.Run(() => ServeAsync(client));
        _sessions[session] = true;
        session.ContinueWith(done => _sessions.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private async Task ServeAsync(Socket client)
    {
        try
        {
            using var session = new SocksSession(_context, client, _dialer, _options, _logger);
            await session.RunAsync(_stop.Token);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client went away, or the port is being closed: nothing is left to tell anybody.
        }
        catch (Exception e)
        {
            SocksLog.Fault(_logger, e);
        }
        finally
        {
            Interlocked.Decrement(ref _clients);
        }
    }
}
