using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using OnionHost.Network.Socks;
using OnionHost.Protocol.Cryptography;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests.Socks;

/// <summary>A SOCKS port in front of a scripted network, and a client that speaks bytes.</summary>
public abstract class SocksServerTest : IAsyncLifetime
{
    protected static readonly byte[] NoAuthentication = [5, 1, 0];

    private protected ManualTimeProvider Clock { get; } = new();

    private protected ScriptedDialer Dialer { get; } = new();

    protected CancellationTokenSource Limit { get; } = new(TimeSpan.FromSeconds(60));

    private protected SocksServer Server { get; private set; } = null!;

    private protected NodeContext Context => new(Clock, SystemRandomSource.Instance, NullLoggerFactory.Instance);

    public async Task InitializeAsync() => Server = await StartAsync(new SocksOptions());

    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        await Dialer.DisposeAsync();
        Limit.Dispose();
    }

    private protected static byte[] Socks5(string host, int port, byte command = 1) => [.. NoAuthentication, .. Request(host, port, command)];

    private protected static byte[] Request(string host, int port, byte command = 1) =>
        [5, command, 0, 3, (byte)host.Length, .. Encoding.ASCII.GetBytes(host), (byte)(port >> 8), (byte)port];

    private protected async Task<SocksServer> StartAsync(SocksOptions options)
    {
        var server = new SocksServer(Context, new IPEndPoint(IPAddress.Loopback, 0), Dialer, options);
        await server.StartAsync(Limit.Token);
        return server;
    }

    /// <summary>Sends the bytes; with a greeting of SOCKS5 first, takes its two bytes of answer.</summary>
    private protected async Task<Socket> ConnectAsync(byte[] bytes, int? read = null, SocksServer? server = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync((server ?? Server).EndPoint, Limit.Token);
        await SendAsync(socket, bytes);
        await ReadAsync(socket, read ?? (bytes[0] == 5 ? 2 : 0));
        return socket;
    }

    private protected async Task SendAsync(Socket socket, byte[] bytes)
    {
        for (var sent = 0; sent < bytes.Length;)
        {
            sent += await socket.SendAsync(bytes.AsMemory(sent), SocketFlags.None, Limit.Token);
        }
    }

    private protected async Task<byte[]> ReadAsync(Socket socket, int count)
    {
        var bytes = new byte[count];
        for (var read = 0; read < count;)
        {
            var chunk = await socket.ReceiveAsync(bytes.AsMemory(read), SocketFlags.None, Limit.Token);
            Assert.NotEqual(0, chunk);
            read += chunk;
        }

        return bytes;
    }

    private protected async Task<byte[]> ReadToEndAsync(Socket socket)
    {
        var all = new MemoryStream();
        var chunk = new byte[65536];
        while (await socket.ReceiveAsync(chunk, SocketFlags.None, Limit.Token) is var count and > 0)
        {
            all.Write(chunk, 0, count);
        }

        return all.ToArray();
    }

    private protected async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            Limit.Token.ThrowIfCancellationRequested();
            await Task.Delay(5, Limit.Token);
        }
    }
}
