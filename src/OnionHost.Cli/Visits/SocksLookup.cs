using System.Net;
using System.Net.Sockets;
using System.Text;
using OnionHost.Protocol.Messages;

namespace OnionHost.Cli.Visits;

/// <summary>Asks the SOCKS port of a client that runs to look a name or an address up: Tor's own commands RESOLVE and RESOLVE_PTR.</summary>
internal static class SocksLookup
{
    private const byte Resolve = 0xF0;
    private const byte ResolvePtr = 0xF1;
    private const byte TypeIPv4 = 1;
    private const byte TypeName = 3;
    private const byte TypeIPv6 = 4;
    private const uint UnknownTtl = 0;

    /// <summary>Looks a name, or an address, up.</summary>
    /// <exception cref="ToolException">There is no answer.</exception>
    /// <exception cref="SocketException">Nothing listens there.</exception>
    public static async Task<ResolvedAnswer> AskAsync(IPEndPoint socks, string host, CancellationToken stop)
    {
        using var socket = new Socket(socks.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(socks, stop);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(new byte[] { 5, 1, 0 }, stop);
        await ReadAsync(stream, 2, stop);
        await stream.WriteAsync(Request(host), stop);
        var head = await ReadAsync(stream, 4, stop);
        if (head[1] != 0)
        {
            throw new ToolException(ExitCode.NotFound, $"'{host}' cannot be looked up: SOCKS failure {head[1]:X2}. There may be no such name, or no exit that looks names up.");
        }

        return head[3] switch
        {
            TypeIPv4 => ResolvedAnswer.FromAddress(new IPAddress(await ReadAsync(stream, 4, stop)), UnknownTtl),
            TypeIPv6 => ResolvedAnswer.FromAddress(new IPAddress(await ReadAsync(stream, 16, stop)), UnknownTtl),
            _ => ResolvedAnswer.FromHostName(Encoding.ASCII.GetString(await ReadAsync(stream, (await ReadAsync(stream, 1, stop))[0], stop)), UnknownTtl),
        };
    }

    private static byte[] Request(string host)
    {
        if (IPAddress.TryParse(host, out var address))
        {
            var bytes = address.GetAddressBytes();
            return [5, ResolvePtr, 0, bytes.Length == 4 ? TypeIPv4 : TypeIPv6, .. bytes, 0, 0];
        }

        var name = Encoding.ASCII.GetBytes(host);
        return [5, Resolve, 0, TypeName, (byte)name.Length, .. name, 0, 0];
    }

    private static async Task<byte[]> ReadAsync(Stream stream, int count, CancellationToken stop)
    {
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes, stop);
        return bytes;
    }
}
