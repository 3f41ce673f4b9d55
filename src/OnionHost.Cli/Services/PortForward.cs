using System.Net.Sockets;
using OnionHost.Network;
using OnionHost.Rendezvous.Services;

namespace OnionHost.Cli.Services;

/// <summary>Hands the streams of one virtual port to the server behind it, each on a connection of its own.</summary>
internal sealed class PortForward : IAsyncDisposable
{
    private static readonly TimeSpan TimeToConnect = TimeSpan.FromSeconds(30);

    private readonly ToolSession _session;
    private readonly OnionListener _listener;
    private readonly ServiceTarget _target;
    private readonly BackgroundLoop _loop;
    private int _isDown;

    /// <summary>Begins to take streams.</summary>
    public PortForward(ToolSession session, OnionService service, int virtualPort, ServiceTarget target)
    {
        _session = session;
        _target = target;
        _listener = service.Listen(virtualPort);
        _loop = BackgroundLoop.Start($"port {virtualPort}", session.Node, AcceptAsync);
    }

    /// <summary>Takes no more streams, and ends those that stand.</summary>
    public async ValueTask DisposeAsync()
    {
        _listener.Unbind();
        await _loop.DisposeAsync();
    }

    private async Task AcceptAsync(CancellationToken stop)
    {
        while (await _listener.AcceptAsync(stop) is { } visitor)
        {
            _ = ServeAsync(visitor, stop);
        }
    }

    private async Task ServeAsync(OnionConnection visitor, CancellationToken stop)
    {
        await using (visitor)
        {
            if (await ConnectAsync(visitor, stop) is { } server)
            {
                using (server)
                {
                    await new Pump(visitor, server, _session.Tool.Time).RunAsync(stop);
                }
            }
        }
    }

    private async Task<Socket?> ConnectAsync(OnionConnection visitor, CancellationToken stop)
    {
        using var timer = new CancellationTokenSource(TimeToConnect, _session.Tool.Time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, visitor.Closed, stop);
        try
        {
            var server = await _target.ConnectAsync(limit.Token);
            if (Interlocked.Exchange(ref _isDown, 0) == 1)
            {
                _session.Events.Tell("target-up", $"The server at {_target} answers again.", ("target", _target.ToString()));
            }

            return server;
        }
        catch (Exception fault) when (fault is SocketException or OperationCanceledException)
        {
            visitor.Abort();
            if (!visitor.Closed.IsCancellationRequested && !stop.IsCancellationRequested && Interlocked.Exchange(ref _isDown, 1) == 0)
            {
                _session.Events.Tell(
                    "target-down", $"The server at {_target} does not answer: {fault.Message} Visitors are turned away until it does.", ("target", _target.ToString()));
            }

            return null;
        }
    }
}
