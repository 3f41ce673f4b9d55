using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OnionHost.Benchmarks.AgainstTor;

/// <summary>One HTTP connection through a SOCKS5 port: the same downloader for both networks.</summary>
internal sealed class SocksHttp : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly string _host;
    private readonly byte[] _buffer = new byte[256 * 1024];

    private SocksHttp(string host) => _host = host;

    /// <summary>Connects; streams with different <paramref name="isolation"/> use different circuits.</summary>
    public static async Task<SocksHttp> ConnectAsync(IPEndPoint socks, string host, int port, string isolation, CancellationToken cancellationToken)
    {
        var connection = new SocksHttp(host);
        try
        {
            await connection._socket.ConnectAsync(socks, cancellationToken);
            await connection.NegotiateAsync(host, port, isolation, cancellationToken);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Gets <paramref name="path"/> and drops the body; the time to the first byte of the answer.</summary>
    /// <exception cref="InvalidDataException">The answer is not a complete 200.</exception>
    public async Task<TimeSpan> GetAsync(string path, long expected, CancellationToken cancellationToken)
    {
        var begun = Stopwatch.GetTimestamp();
        await SendAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {_host}\r\n\r\n"), cancellationToken);
        var have = await ReceiveAsync(cancellationToken);
        var first = Stopwatch.GetElapsedTime(begun);
        int end;
        while ((end = _buffer.AsSpan(0, have).IndexOf("\r\n\r\n"u8)) < 0)
        {
            have += await _socket.ReceiveAsync(_buffer.AsMemory(have), cancellationToken);
        }

        if (!_buffer.AsSpan(0, have).StartsWith("HTTP/1.1 200 "u8))
        {
            throw new InvalidDataException($"{path}: {Encoding.ASCII.GetString(_buffer, 0, Math.Min(have, 80))}");
        }

        for (var left = expected - (have - end - 4); left > 0; left -= await ReceiveAsync(cancellationToken))
        {
        }

        return first;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private async Task NegotiateAsync(string host, int port, string isolation, CancellationToken cancellationToken)
    {
        await SendAsync(new byte[] { 5, 1, 2 }, cancellationToken);
        await ReadExactlyAsync(2, cancellationToken);
        var name = Encoding.ASCII.GetBytes(isolation);
        await SendAsync((byte[])[1, (byte)name.Length, .. name, 1, (byte)'x'], cancellationToken);
        await ReadExactlyAsync(2, cancellationToken);
        var target = Encoding.ASCII.GetBytes(host);
        byte[] request = [5, 1, 0, 3, (byte)target.Length, .. target, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(request.AsSpan(request.Length - 2), (ushort)port);
        await SendAsync(request, cancellationToken);
        await ReadExactlyAsync(4, cancellationToken);
        if (_buffer[1] != 0)
        {
            throw new InvalidDataException($"SOCKS answered 0x{_buffer[1]:X2} for {host}:{port}.");
        }

        await ReadExactlyAsync((_buffer[3] == 4 ? 16 : 4) + 2, cancellationToken);
    }

    private async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await _socket.SendAsync(bytes, cancellationToken)..];
        }
    }

    private async Task ReadExactlyAsync(int count, CancellationToken cancellationToken)
    {
        for (var have = 0; have < count;)
        {
            var read = await _socket.ReceiveAsync(_buffer.AsMemory(have, count - have), cancellationToken);
            have += read > 0 ? read : throw new InvalidDataException("The SOCKS port closed the connection.");
        }
    }

    private async Task<int> ReceiveAsync(CancellationToken cancellationToken)
    {
        var read = await _socket.ReceiveAsync(_buffer.AsMemory(), cancellationToken);
        return read > 0 ? read : throw new InvalidDataException("The connection ended in the middle of an answer.");
    }
}
