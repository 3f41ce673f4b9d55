using System.Net;
using System.Net.Sockets;

namespace OnionHost.Cli.Tests.Visits;

/// <summary>What <c>get</c> and <c>resolve</c> say when a SOCKS port refuses: what it means and what to do, not its code.</summary>
public sealed class SocksRefusalTests
{
    [Theory]
    [InlineData(0x01, "client's log")]
    [InlineData(0x02, "no exit's policy allows")]
    [InlineData(0x04, "no such name")]
    [InlineData(0x05, "check the port")]
    [InlineData(0x06, "took too long")]
    [InlineData(0xF0, "offline")]
    [InlineData(0xF1, "malformed")]
    [InlineData(0xF2, "introduction points")]
    [InlineData(0xF3, "rendezvous")]
    [InlineData(0xF4, "COOKIE.ADDRESS.onion")]
    [InlineData(0xF5, "does not know the cookie")]
    [InlineData(0xF6, "mistyped")]
    [InlineData(0xF7, "in time")]
    [InlineData(0xAB, "(AB)")]
    public async Task A_code_is_told_in_words(byte code, string expected)
    {
        await using var port = new Answering([5, 0], [5, code, 0, 1, 0, 0, 0, 0, 0, 0]);
        var got = await ToolRun.Of($"get http://server.example/ --socks {port.Port}");
        var resolved = await ToolRun.Of($"resolve server.example --socks {port.Port}");
        Assert.Equal((ExitCode.NotFound, ExitCode.NotFound), (got.Code, resolved.Code));
        Assert.StartsWith("onionhost: 'server.example': ", got.Error, StringComparison.Ordinal);
        Assert.Contains(expected, got.Error, StringComparison.Ordinal);
        Assert.Equal(got.Error, resolved.Error);
    }

    [Theory]
    [InlineData("get http://server.example/")]
    [InlineData("resolve server.example")]
    public async Task Something_else_than_SOCKS_is_told(string commandLine)
    {
        await using (var port = new Answering("HTTP/1.1 400"u8.ToArray()))
        {
            var run = await ToolRun.Of($"{commandLine} --socks {port.Port}");
            Assert.Equal(ExitCode.NotFound, run.Code);
            Assert.Contains($"there is no SOCKS port at 127.0.0.1:{port.Port}: it does not speak SOCKS 5", run.Error, StringComparison.Ordinal);
        }

        // Port 9 (discard) on loopback refuses connections.
        var nobody = await ToolRun.Of($"{commandLine} --socks 9");
        Assert.Equal(ExitCode.NotFound, nobody.Code);
        Assert.Contains("onionhost client", nobody.Error, StringComparison.Ordinal);
    }

    /// <summary>A port that says the same to everybody, a part after each question.</summary>
    private sealed class Answering : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly Task _serving;

        public Answering(params byte[][] answers)
        {
            _listener.Start();
            _serving = ServeAsync(answers);
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public async ValueTask DisposeAsync()
        {
            _listener.Dispose();
            await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        private async Task ServeAsync(byte[][] answers)
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                foreach (var answer in answers)
                {
                    await client.GetStream().ReadAtLeastAsync(new byte[300], 3);
                    await client.GetStream().WriteAsync(answer);
                }
            }
        }
    }
}
