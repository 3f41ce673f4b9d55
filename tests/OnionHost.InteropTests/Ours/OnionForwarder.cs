using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using OnionHost.Rendezvous.Services;

namespace OnionHost.InteropTests;

/// <summary>Passes what comes to a port of our onion service on to a server on this machine, as stock's HiddenServicePort does.</summary>
internal sealed class OnionForwarder : IAsyncDisposable
{
    private readonly OnionListener _listener;
    private readonly IPEndPoint _target;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    public OnionForwarder(OnionService service, int virtualPort, IPEndPoint target)
    {
        _listener = service.Listen(virtualPort);
        _target = target;
        _accepting = AcceptAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (await _listener.AcceptAsync(_stop.Token) is { } connection)
            {
                _ = ServeAsync(connection);
            }
        }
        catch (OperationCanceledException)
        {
            _listener.Unbind();
        }
    }

    private async Task ServeAsync(OnionConnection connection)
    {
        try
        {
            await using (connection)
            {
                using var client = new TcpClient();
                await client.ConnectAsync(_target, connection.Closed);
                var requests = connection.Input.CopyToAsync(client.GetStream(), connection.Closed);
                await client.GetStream().CopyToAsync(connection.Output.AsStream(leaveOpen: true), connection.Closed);
                await connection.Output.CompleteAsync();
                await requests;
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The visitor left, or the circuit broke: the visitor's end tells.
        }
    }
}
