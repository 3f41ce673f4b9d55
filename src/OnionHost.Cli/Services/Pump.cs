using System.Net.Sockets;
using OnionHost.Protocol;
using OnionHost.Rendezvous.Services;

namespace OnionHost.Cli.Services;

/// <summary>Carries bytes between a visitor's stream and a connection to the server, straight between the pipes and the socket.</summary>
internal sealed class Pump(OnionConnection visitor, Socket server, TimeProvider time)
{
    private const int ChunkBytes = 16 * 1024;

    // A visitor that has gone leaves the server this long to finish.
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(30);

    /// <summary>Runs until both have ended; then both are closed.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop, visitor.Closed);
        var toServer = ToServerAsync(end.Token);
        var toVisitor = ToVisitorAsync(end.Token);
        if (await Task.WhenAny(toServer, toVisitor) == toServer)
        {
            await toVisitor.WaitAsync(Linger, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // The end of a stream goes both ways: what the visitor still sends reaches nobody.
        await end.CancelAsync();
        await Task.WhenAll(toServer, toVisitor);
    }

    private async Task ToServerAsync(CancellationToken end)
    {
        try
        {
            while (true)
            {
                var read = await visitor.Input.ReadAsync(end);
                foreach (var segment in read.Buffer)
                {
                    await SendAsync(segment, end);
                }

                visitor.Input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted || read.IsCanceled)
                {
                    server.Shutdown(SocketShutdown.Send);
                    return;
                }
            }
        }
        catch (Exception fault) when (fault is SocketException or TorException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // A stream that broke must not look like one that ended.
            server.Close(timeout: 0);
        }
    }

    private async Task ToVisitorAsync(CancellationToken end)
    {
        try
        {
            while (true)
            {
                var count = await server.ReceiveAsync(visitor.Output.GetMemory(ChunkBytes), SocketFlags.None, end);
                if (count == 0)
                {
                    await visitor.Output.CompleteAsync();
                    return;
                }

                visitor.Output.Advance(count);
                if ((await visitor.Output.FlushAsync(end)).IsCompleted)
                {
                    return;
                }
            }
        }
        catch (Exception fault) when (fault is SocketException or TorException or IOException or InvalidOperationException or OperationCanceledException or ObjectDisposedException)
        {
            visitor.Abort();
        }
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken end)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await server.SendAsync(bytes, SocketFlags.None, end)..];
        }
    }
}
