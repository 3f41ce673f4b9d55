using System.Net.Sockets;
using OnionHost.Network.Links.Traffic;
using OnionHost.Network.Streams;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Relays;

/// <summary>
/// A socket and a stream, pumped both ways. Either way reads straight into, and writes straight from, the stream's
/// pipes; what comes from the circuit is written to the socket on the link's read loop, without a hop in between.
/// </summary>
internal sealed class ExitConnection(Socket socket, TorStream stream, NodeTraffic? traffic = null)
{
    private const int CellSize = 514;

    private const int SmallestRead = 4 * 1024;
    private const int LargestRead = 64 * 1024;

    private readonly ReadPace? _pace = traffic?.PaceOfApplication();

    /// <summary>Pumps until both ways have ended.</summary>
    public async Task RunAsync()
    {
        using (socket)
        {
            var inward = FromSocketAsync();
            await ToSocketAsync().ConfigureAwait(false);

            // The stream is over in both directions (Tor knows no half-open ones), and all it brought is written.
            socket.Dispose();
            await inward.ConfigureAwait(false);
        }
    }

    private async Task ToSocketAsync()
    {
        try
        {
            while (true)
            {
                var read = await stream.Input.ReadAsync().ConfigureAwait(false);
                foreach (var segment in read.Buffer)
                {
                    for (var rest = segment; !rest.IsEmpty;)
                    {
                        rest = rest[await socket.SendAsync(rest, SocketFlags.None).ConfigureAwait(false)..];
                    }
                }

                traffic?.OnSent((int)read.Buffer.Length);
                stream.Input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    socket.Shutdown(SocketShutdown.Both);
                    break;
                }
            }
        }
        catch (Exception e)
        {
            Fail(e);
        }

        await stream.Input.CompleteAsync().ConfigureAwait(false);
    }

    private async Task FromSocketAsync()
    {
        var size = SmallestRead;
        try
        {
            while (true)
            {
                var memory = stream.Output.GetMemory(size);
                if (_pace is not null)
                {
                    memory = memory[..await _pace.AllowAsync(memory.Length, stream.Closed).ConfigureAwait(false)];
                }

                var count = memory.IsEmpty ? 0 : await socket.ReceiveAsync(memory, SocketFlags.None).ConfigureAwait(false);
                OnRead(count);
                stream.Output.Advance(count);
                if (count == 0 || (await stream.Output.FlushAsync().ConfigureAwait(false)).IsCompleted)
                {
                    break;
                }

                // Idle streams hold a small buffer, busy ones read what the kernel has at once.
                size = count == memory.Length ? Math.Min(size * 4, LargestRead) : count < SmallestRead ? SmallestRead : size;
            }
        }
        catch (Exception e)
        {
            Fail(e);
        }

        await stream.Output.CompleteAsync().ConfigureAwait(false);
    }

    /// <summary>However little comes, it goes on in whole cells, so it counts as whole cells (the paper, 4.5).</summary>
    private void OnRead(int count)
    {
        _pace?.Spend((count + RelayMessage.BodyMax - 1) / RelayMessage.BodyMax * CellSize);
        traffic?.OnReceived(count);
    }

    private void Fail(Exception fault) =>
        stream.Abort(fault is SocketException socketFault ? EndReasons.Of(socketFault.SocketErrorCode) : EndReason.Misc);
}
