using System.Net;
using System.Net.Sockets;
using System.Text;
using OnionHost.Network.Socks;

namespace OnionHost.Cli.Visits;

/// <summary>The SOCKS 5 port of a client that runs, ours or stock tor's, asked for one thing a connection. What it refuses is told in words.</summary>
internal sealed class SocksPort(IPEndPoint endPoint)
{
    private const byte Version = 5;
    private const byte Connect = 1;
    private const byte TypeIPv4 = 1;
    private const byte TypeName = 3;
    private const byte TypeIPv6 = 4;
    private const int LongestName = 255;

    /// <summary>Opens a connection through it.</summary>
    /// <exception cref="ToolException">It refuses, and why.</exception>
    public async Task<Stream> ConnectAsync(string host, int port, CancellationToken stop)
    {
        var (stream, _) = await AskAsync(Connect, host, port, stop);
        return stream;
    }

    /// <summary>Asks for an address or a name.</summary>
    /// <param name="command">RESOLVE or RESOLVE_PTR.</param>
    /// <param name="host">A name or an IP address.</param>
    /// <param name="stop">Gives up.</param>
    /// <returns>An address, or a name as text.</returns>
    /// <exception cref="ToolException">There is no answer, and why.</exception>
    public async Task<(IPAddress? Address, string? Name)> AskAsync(byte command, string host, CancellationToken stop)
    {
        var (stream, answer) = await AskAsync(command, host, 0, stop);
        await stream.DisposeAsync();
        return answer;
    }

    private async Task<(Stream Stream, (IPAddress?, string?) Answer)> AskAsync(byte command, string host, int port, CancellationToken stop)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var stream = default(NetworkStream);
        try
        {
            await socket.ConnectAsync(endPoint, stop);
            stream = new NetworkStream(socket, ownsSocket: true);
            await stream.WriteAsync(new byte[] { Version, 1, 0 }, stop);
            if (await ReadAsync(stream, 2, stop) is not [Version, 0])
            {
                throw NoSocks("it does not speak SOCKS 5, or wants a password");
            }

            await stream.WriteAsync(Request(command, host, port), stop);
            var head = await ReadAsync(stream, 4, stop);
            return head[1] == 0
                ? (stream, await AnswerAsync(stream, head[3], stop))
                : throw new ToolException(ExitCode.NotFound, $"'{host}': {SocksMeaning.Of(head[1])}");
        }
        catch (Exception fault)
        {
            await (stream?.DisposeAsync() ?? ValueTask.CompletedTask);
            socket.Dispose();
            throw fault is SocketException or IOException ? NoSocks(fault.Message.TrimEnd('.')) : fault;
        }
    }

    private ToolException NoSocks(string why) =>
        new(ExitCode.NotFound, $"--socks: there is no SOCKS port at {endPoint}: {why}. Start 'onionhost client', or name the port of one that runs.");

    private static byte[] Request(byte command, string host, int port)
    {
        byte[] at = [(byte)(port >> 8), (byte)port];
        if (IPAddress.TryParse(host, out var address))
        {
            var bytes = address.GetAddressBytes();
            return [Version, command, 0, bytes.Length == 4 ? TypeIPv4 : TypeIPv6, .. bytes, .. at];
        }

        var name = Encoding.ASCII.GetBytes(host);
        return name.Length <= LongestName
            ? [Version, command, 0, TypeName, (byte)name.Length, .. name, .. at]
            : throw new ToolException(ExitCode.WrongOptions, $"'{host}' is too long for a host name: {LongestName} characters are the most.");
    }

    private static async Task<(IPAddress?, string?)> AnswerAsync(Stream stream, byte type, CancellationToken stop)
    {
        (IPAddress?, string?) answer = type switch
        {
            TypeIPv4 => (new IPAddress(await ReadAsync(stream, 4, stop)), null),
            TypeIPv6 => (new IPAddress(await ReadAsync(stream, 16, stop)), null),
            _ => (null, Encoding.ASCII.GetString(await ReadAsync(stream, (await ReadAsync(stream, 1, stop))[0], stop))),
        };
        await ReadAsync(stream, 2, stop); // the port
        return answer;
    }

    private static async Task<byte[]> ReadAsync(Stream stream, int count, CancellationToken stop)
    {
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes, stop);
        return bytes;
    }
}
