using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace OnionHost.InteropTests;

/// <summary>A connection to a stock node's control port (control-spec). Commands one at a time; events as they come.</summary>
internal sealed class StockControl : IAsyncDisposable
{
    private readonly Channel<string> _events = Channel.CreateUnbounded<string>();
    private readonly Channel<IReadOnlyList<string>> _replies = Channel.CreateUnbounded<IReadOnlyList<string>>();
    private readonly TcpClient _client;
    private readonly StreamWriter _writer;
    private readonly Task _reading;

    private StockControl(TcpClient client)
    {
        _client = client;
        _writer = new StreamWriter(client.GetStream(), Encoding.ASCII) { NewLine = "\r\n", AutoFlush = true };
        _reading = ReadAsync(new StreamReader(client.GetStream(), Encoding.UTF8));
    }

    /// <summary>Connects, and proves with the node's cookie that it may.</summary>
    public static async Task<StockControl> ConnectAsync(StockNode node, CancellationToken limit)
    {
        var client = new TcpClient();
        await client.ConnectAsync(node.ControlPort, limit);
        var control = new StockControl(client);
        await control.SendAsync("AUTHENTICATE " + Convert.ToHexString(await File.ReadAllBytesAsync(node.CookieFile, limit)), limit);
        return control;
    }

    /// <summary>Sends a command.</summary>
    /// <returns>The lines of the reply; those of a value that spans several are lines too.</returns>
    public async Task<IReadOnlyList<string>> SendAsync(string command, CancellationToken limit)
    {
        await _writer.WriteLineAsync(command.AsMemory(), limit);
        var reply = await _replies.Reader.ReadAsync(limit);
        return reply[^1].StartsWith('2') ? [.. reply.Select(line => line[4..])] : throw new InvalidOperationException($"{command}: {reply[^1]}");
    }

    /// <summary>The next event that matches; those before it are gone. Ask for the kind with SETEVENTS first.</summary>
    public async Task<string> NextEventAsync(Func<string, bool> isWanted, CancellationToken limit)
    {
        while (true)
        {
            var next = await _events.Reader.ReadAsync(limit);
            if (isWanted(next))
            {
                return next;
            }
        }
    }

    /// <summary>The node's circuits: identity, state, path, flags, as GETINFO circuit-status tells them.</summary>
    public async Task<IReadOnlyList<StockCircuit>> CircuitsAsync(CancellationToken limit)
    {
        var lines = await SendAsync("GETINFO circuit-status", limit);
        return [.. lines.Select(line => line.StartsWith("circuit-status=", StringComparison.Ordinal) ? line["circuit-status=".Length..] : line)
            .Where(line => line.Length > 0 && char.IsAsciiDigit(line[0])).Select(StockCircuit.Parse)];
    }

    /// <summary>A document that GETINFO gives.</summary>
    public async Task<string> DocumentAsync(string key, CancellationToken limit) =>
        string.Concat((await SendAsync("GETINFO " + key, limit)).Skip(1).SkipLast(1).Select(line => line + '\n'));

    /// <summary>Makes a client forget circuits and onion descriptors. It does so at most every ten seconds, and tells when it has.</summary>
    public async Task ForgetAsync(CancellationToken limit)
    {
        await SendAsync("SETEVENTS SIGNAL", limit);
        await SendAsync("SIGNAL NEWNYM", limit);
        await NextEventAsync(e => e.StartsWith("SIGNAL NEWNYM", StringComparison.Ordinal), limit);
    }

    /// <summary>Gives a client a key of a restricted service; of both the labels that stand in <c>COOKIE.ADDRESS.onion</c>.</summary>
    public async Task AuthorizeAsync(string address, string cookie, CancellationToken limit)
    {
        var key = new byte[32];
        Assert.True(Protocol.Encoding.Text.TryDecodeBase32(cookie, key));
        await SendAsync($"ONION_CLIENT_AUTH_ADD {address} x25519:{Convert.ToBase64String(key)}", limit);
    }

    /// <summary>Makes the node host the service of a HiddenServiceDir, and no other one; waits until directories have its descriptors.</summary>
    /// <returns>The service's host name.</returns>
    public async Task<string> HostAsync(string folder, int port, IPEndPoint target, CancellationToken limit)
    {
        await SendAsync("SETEVENTS HS_DESC", limit);
        await SendAsync($"SETCONF HiddenServiceDir=\"{folder}\" HiddenServicePort=\"{port} {target}\"", limit);
        var host = (await File.ReadAllTextAsync(Path.Combine(folder, "hostname"), limit)).Trim();

        // What goes to all directories is announced before the first of them answers.
        var waiting = 0;
        var stored = 0;
        while (waiting > 0 || stored == 0)
        {
            var told = await NextEventAsync(e => e.Contains(host.Split('.')[0], StringComparison.Ordinal), limit);
            Assert.DoesNotContain("UPLOAD_REJECTED", told, StringComparison.Ordinal);
            var what = told.Split(' ')[1];
            waiting += what is "UPLOAD" ? 1 : what is "UPLOADED" or "FAILED" ? -1 : 0;
            stored += what is "UPLOADED" ? 1 : 0;
        }

        return host;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _reading;
    }

    private async Task ReadAsync(StreamReader reader)
    {
        try
        {
            var lines = new List<string>();
            while (await reader.ReadLineAsync() is { Length: >= 4 } line)
            {
                lines.Add(line);
                if (line[3] == '+')
                {
                    while (await reader.ReadLineAsync() is { } data && data != ".")
                    {
                        lines.Add("    " + data);
                    }
                }
                else if (line[3] == ' ')
                {
                    Deliver([.. lines]);
                    lines.Clear();
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or SocketException)
        {
            // The node ended, or we hung up.
        }

        var gone = new InvalidOperationException("The control port was closed.");
        _events.Writer.TryComplete(gone);
        _replies.Writer.TryComplete(gone);
    }

    private void Deliver(IReadOnlyList<string> lines)
    {
        if (lines[0].StartsWith("650", StringComparison.Ordinal))
        {
            _events.Writer.TryWrite(lines[0][4..]);
        }
        else
        {
            _replies.Writer.TryWrite(lines);
        }
    }
}
