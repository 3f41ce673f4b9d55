using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace OnionHost.Network.Directory;

/// <summary>A DirPort: directory requests over plain TCP. Authorities need one.</summary>
internal sealed class DirectoryPort : IAsyncDisposable
{
    private const int MaximumConnections = 256;

    private readonly NodeContext _context;
    private readonly DirectoryServer _server;
    private readonly ILogger _logger;
    private readonly Socket _listener;
    private readonly SemaphoreSlim _free = new(MaximumConnections);
    private BackgroundLoop? _accepting;

    /// <summary>Binds the address at once, so that <see cref="EndPoint"/> is known; port 0 takes a free one.</summary>
    public DirectoryPort(NodeContext context, DirectoryServer server, IPEndPoint listen)
    {
        _context = context;
        _server = server;
        _logger = context.Loggers.CreateLogger<DirectoryPort>();
        _listener = new Socket(listen.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            _listener.Bind(listen);
            _listener.Listen();
        }
        catch (SocketException fault)
        {
            _listener.Dispose();
            throw new Protocol.TorException(
                Protocol.TorErrorKind.Local, $"The directory port cannot listen on {listen} ({fault.SocketErrorCode}). Choose another port, or stop what uses it.", false, fault) { Cause = Protocol.TorCause.PortUnavailable };
        }

        EndPoint = (IPEndPoint)_listener.LocalEndPoint!;
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Begins to serve.</summary>
    public void Start() => _accepting ??= BackgroundLoop.Start("directory port", _context, AcceptAsync);

    /// <summary>Stops, and waits for the requests that are being served.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_accepting is not null)
        {
            await _accepting.DisposeAsync();
        }

        _listener.Dispose();
        for (var i = 0; i < MaximumConnections; i++)
        {
            await _free.WaitAsync();
        }

        _free.Dispose();
    }

    private async Task AcceptAsync(CancellationToken stop)
    {
        while (true)
        {
            await _free.WaitAsync(stop);
            Socket socket;
            try
            {
                socket = await _listener.AcceptAsync(stop);
            }
            catch
            {
                _free.Release();
                throw;
            }

            _ = Task.Run(() => ServeAsync(socket, stop), CancellationToken.None);
        }
    }

    private async Task ServeAsync(Socket socket, CancellationToken stop)
    {
        try
        {
            // A head without its body must not wait for the other side's acknowledgement.
            socket.NoDelay = true;
            var remote = (socket.RemoteEndPoint as IPEndPoint)?.Address;
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            await _server.ServeAsync(stream, isAnonymous: false, remote, stop);
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception fault) when (fault is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            DirectoryLog.ConnectionFault(_logger, fault);
        }
        finally
        {
            _free.Release();
        }
    }
}
