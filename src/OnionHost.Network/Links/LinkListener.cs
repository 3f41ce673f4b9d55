using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using OnionHost.Protocol;

namespace OnionHost.Network.Links;

/// <summary>Accepts links for a relay and hands them to its table.</summary>
internal sealed class LinkListener : IAsyncDisposable
{
    private const int Backlog = 512;

    private readonly Socket _socket;
    private readonly LinkTable _table;
    private readonly SemaphoreSlim _halfOpen;
    private readonly ILogger _logger;
    private readonly BackgroundLoop _loop;

    private LinkListener(NodeContext context, LinkTable table, Socket socket)
    {
        _socket = socket;
        _table = table;
        _halfOpen = new SemaphoreSlim(table.Options.MaxHalfOpen);
        _logger = context.Loggers.CreateLogger<LinkListener>();
        EndPoint = (IPEndPoint)socket.LocalEndPoint!;
        _loop = BackgroundLoop.Start("link listener", context, AcceptAsync);
    }

    /// <summary>Where it listens, with the port that was given by the system for port 0.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Listens at once. The table must have credentials.</summary>
    /// <exception cref="TorException">The port is in use or not allowed.</exception>
    public static LinkListener Start(NodeContext context, LinkTable table, IPEndPoint endPoint)
    {
        if (table.Options.Credentials is null)
        {
            throw new ArgumentException("Only a relay with credentials accepts links.", nameof(table));
        }

        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(endPoint);
            socket.Listen(Backlog);
            return new LinkListener(context, table, socket);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new TorException(
                TorErrorKind.Local, $"The relay cannot listen on {endPoint}: {e.Message}. Choose another port, or stop what uses it.", innerException: e) { Cause = TorCause.PortUnavailable };
        }
    }

    /// <summary>Stops accepting; links that are open stay.</summary>
    public async ValueTask DisposeAsync()
    {
        // In this order: a socket that is closed under the loop looks like a fault.
        await _loop.DisposeAsync();
        _socket.Dispose();
    }

    private async Task AcceptAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await _halfOpen.WaitAsync(stop);
            try
            {
                _ = ServeAsync(await _socket.AcceptAsync(stop), stop);
            }
            catch (Exception e)
            {
                _halfOpen.Release();
                if (e is ObjectDisposedException || stop.IsCancellationRequested)
                {
                    return;
                }

                // Out of descriptors, or the peer was gone already: the loop backs off and goes on.
                LinkLog.ListenFault(_logger, e);
                throw;
            }
        }
    }

    private async Task ServeAsync(Socket socket, CancellationToken stop)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await _table.AcceptAsync(socket, stop);
        }
        finally
        {
            _halfOpen.Release();
        }
    }
}
