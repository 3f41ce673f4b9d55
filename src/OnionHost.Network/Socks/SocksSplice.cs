using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using OnionHost.Network.Streams;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Socks;

/// <summary>
/// Copies between a client's socket and a stream, both ways, straight between the socket and the stream's pipes.
/// Each direction ends by itself: a client that has sent all still gets the answer.
/// </summary>
internal sealed class SocksSplice(NodeContext context, Socket socket, TorStream tor, SocksOptions options)
{
    private const int ChunkBytes = 16 * 1024;

    private long _lastDown = context.Time.GetTimestamp();

    /// <summary>Copies until both directions have ended. <paramref name="early"/> is what the client sent ahead.</summary>
    public async Task RunAsync(ReadOnlyMemory<byte> early, CancellationToken stop)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var up = UpAsync(early, end.Token);
        try
        {
            await DownAsync(stop);

            // The far end is done, so nothing more is heard; the client has a moment to say goodbye, else its system would
            // answer our close with a reset that overtakes the last bytes.
            await up.WaitAsync(options.LingerTimeout, context.Time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            await end.CancelAsync();
            await up;
        }
    }

    private async Task UpAsync(ReadOnlyMemory<byte> early, CancellationToken end)
    {
        try
        {
            var open = early.IsEmpty || !(await tor.Output.WriteAsync(early, end)).IsCompleted;
            while (true)
            {
                var memory = tor.Output.GetMemory(ChunkBytes);
                var count = await socket.ReceiveAsync(memory, SocketFlags.None, end);
                if (count == 0)
                {
                    break;
                }

                if (open)
                {
                    tor.Output.Advance(count);
                    open = !(await tor.Output.FlushAsync(end)).IsCompleted;
                }
            }

            await AwaitSilenceAsync(end);
            await tor.Output.CompleteAsync();
        }
        catch (OperationCanceledException)
        {
            await tor.Output.CompleteAsync();
        }
        catch (SocketException)
        {
            tor.Abort(EndReason.Misc);
        }
        catch (Exception e) when (e is InvalidOperationException or ObjectDisposedException or Protocol.TorException or IOException)
        {
            // The stream ended under us; the other direction tells the client.
        }
    }

    /// <summary>
    /// The client has sent all: it gets what is still coming, until the far end closes or nothing comes for a while. Whether
    /// the client has gone for good cannot be told before something is sent to it.
    /// </summary>
    private async Task AwaitSilenceAsync(CancellationToken end)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(end, tor.Closed);
        var from = context.Time.GetTimestamp();
        while (!over.IsCancellationRequested)
        {
            var silentSince = Math.Max(from, Volatile.Read(ref _lastDown));
            var left = options.HalfCloseTimeout - context.Time.GetElapsedTime(silentSince);
            if (left <= TimeSpan.Zero)
            {
                return;
            }

            await Task.Delay(left, context.Time, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task DownAsync(CancellationToken stop)
    {
        try
        {
            ReadResult read;
            do
            {
                read = await tor.Input.ReadAsync(stop);
                foreach (var segment in read.Buffer)
                {
                    await SendAsync(segment, stop);
                }

                tor.Input.AdvanceTo(read.Buffer.End);
                Volatile.Write(ref _lastDown, context.Time.GetTimestamp());
            }
            while (!read.IsCompleted && !read.IsCanceled);

            await tor.Input.CompleteAsync();
            Finish();
        }
        catch (SocketException)
        {
            tor.Abort(EndReason.Misc);
        }
        catch (Protocol.TorException)
        {
            Reset();
        }
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None, stop)..];
        }
    }

    private void Finish()
    {
        if (tor.EndReason is null or EndReason.Done)
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        else
        {
            Reset();
        }
    }

    /// <summary>A stream that broke must not look like one that ended: the client sees a reset.</summary>
    private void Reset()
    {
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Close();
    }
}
