using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OnionHost.Benchmarks.CellPath;

/// <summary>Sends as many bytes as it is asked for, or takes as many and answers with one. The request has 32 bytes.</summary>
internal sealed class BulkServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public BulkServer()
    {
        _listener.Start(512);
        _ = AcceptAsync();
    }

    public ushort Port => (ushort)((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose() => _listener.Dispose();

    private static async Task ServeAsync(Socket socket)
    {
        using var _ = socket;
        var buffer = new byte[64 * 1024];
        for (var got = 0; got < 32;)
        {
            got += await socket.ReceiveAsync(buffer.AsMemory(got, 32 - got));
        }

        var words = Encoding.ASCII.GetString(buffer, 0, 32).Split(' ');
        var isGet = words[0] == "GET";
        for (var left = long.Parse(words[1], CultureInfo.InvariantCulture); left > 0;)
        {
            left -= isGet
                ? await socket.SendAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)))
                : await socket.ReceiveAsync(buffer);
        }

        await socket.SendAsync(buffer.AsMemory(0, isGet ? 0 : 1));
        await socket.ReceiveAsync(buffer);
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            _ = ServeAsync(await _listener.AcceptSocketAsync());
        }
    }
}
