using System.Net;
using System.Net.Sockets;

namespace OnionHost.InteropTests;

/// <summary>Passes TCP connections on to a relay, and breaks all of them when it is told to: in the middle of whatever passes then.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly List<Socket> _open = [];
    private readonly TaskCompletionSource _cut = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _accepting = Task.CompletedTask;
    private long _left = long.MaxValue;

    public CuttingProxy()
    {
        _listener.Start();
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Completes when connections were broken.</summary>
    public Task Cut => _cut.Task;

    /// <summary>Begins to pass on.</summary>
    public void Start(IPEndPoint target) => _accepting = AcceptAsync(target);

    /// <summary>Breaks all connections after so many more bytes of any of them.</summary>
    public void CutAfter(long bytes) => Interlocked.Exchange(ref _left, bytes);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        Break();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync(IPEndPoint target)
    {
        try
        {
            while (true)
            {
                var near = await _listener.AcceptSocketAsync(_stop.Token);
                var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                near.NoDelay = true;
                await far.ConnectAsync(target, _stop.Token);
                lock (_lock)
                {
                    _open.Add(near);
                    _open.Add(far);
                }

                _ = PassOnAsync(near, far);
                _ = PassOnAsync(far, near);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // Disposed.
        }
    }

    private async Task PassOnAsync(Socket from, Socket to)
    {
        // No multiple of a cell or a TLS record.
        var buffer = new byte[7777];
        try
        {
            while (await from.ReceiveAsync(buffer, SocketFlags.None) is > 0 and var count)
            {
                var left = Interlocked.Add(ref _left, -count);
                await to.SendAsync(buffer.AsMemory(0, (int)Math.Clamp(left + count, 0, count)), SocketFlags.None);
                if (left < 0)
                {
                    Interlocked.Exchange(ref _left, long.MaxValue);
                    Break();
                    _cut.TrySetResult();
                    return;
                }
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            to.Dispose();
        }
    }

    private void Break()
    {
        lock (_lock)
        {
            foreach (var socket in _open)
            {
                try
                {
                    // Reset, not closed in order.
                    socket.LingerState = new LingerOption(true, 0);
                    socket.Dispose();
                }
                catch (Exception e) when (e is ObjectDisposedException or SocketException)
                {
                    // Its peer has closed it.
                }
            }

            _open.Clear();
        }
    }
}
