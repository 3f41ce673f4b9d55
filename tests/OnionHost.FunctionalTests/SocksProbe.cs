using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OnionHost.FunctionalTests;

/// <summary>One SOCKS5 CONNECT, for its reply code.</summary>
internal static class SocksProbe
{
    public static async Task<byte> ConnectAsync(IPEndPoint socks, string host, ushort port, CancellationToken stop)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(socks, stop);
        var stream = client.GetStream();
        await stream.WriteAsync(new byte[] { 5, 1, 0 }, stop);
        var reply = new byte[4];
        await stream.ReadExactlyAsync(reply.AsMemory(0, 2), stop);
        Assert.Equal(0, reply[1]);
        byte[] request = [5, 1, 0, 3, (byte)host.Length, .. Encoding.ASCII.GetBytes(host), (byte)(port >> 8), (byte)port];
        await stream.WriteAsync(request, stop);
        await stream.ReadExactlyAsync(reply, stop);
        return reply[1];
    }
}
