using System.Net;
using System.Net.Sockets;
using System.Text;
using OnionHost.Cli.Nodes;

namespace OnionHost.Cli.Tests.Commands;

/// <summary>What can be wrong with a machine rather than with options: each fault has its message and its exit code.</summary>
public sealed class FaultTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_data_directory_in_use()
    {
        using var held = DataDirectory.Take(_folder["d"]);
        var run = await ToolRun.Of($"relay --or-port 0 --data {_folder["d"]} --network {Network()}");
        Assert.Equal(ExitCode.DirectoryInUse, run.Code);
        Assert.Contains("in use by another process", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_directory_that_cannot_be_made()
    {
        var run = await ToolRun.Of($"client --data {_folder.Write("file", "x")}/under --network {Network()}");
        Assert.Equal(ExitCode.DirectoryUnusable, run.Code);
        Assert.Contains("--data", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("client --socks")]
    [InlineData("relay --or-port")]
    [InlineData("relay --or-port 0 --dir-port")]
    public async Task A_port_that_is_taken(string commandLine)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0) { ExclusiveAddressUse = true };
        taken.Start();
        var run = await ToolRun.Of($"{commandLine} {((IPEndPoint)taken.LocalEndpoint).Port} --data {_folder["d"]} --network {Network()}");
        Assert.Equal(ExitCode.PortUnavailable, run.Code);
        Assert.Contains("another port", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("relay --or-port 0", "keys/secret_id_key")]
    [InlineData("relay --or-port 0", "keys/ed25519_master_id_secret_key")]
    [InlineData("authority", "keys/authority_certificate")]
    [InlineData("service --target 80", "service/hs_ed25519_secret_key")]
    public async Task A_key_file_of_something_else(string commandLine, string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder["d/" + file])!);
        await File.WriteAllTextAsync(_folder["d/" + file], "this is no key");
        var run = await ToolRun.Of($"{commandLine} --data {_folder["d"]} --network {Network()}");
        Assert.Equal(ExitCode.KeyUnusable, run.Code);
        Assert.Contains(Path.GetDirectoryName(_folder["d/" + file])!, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("client --socks 0")]
    [InlineData("relay --or-port 0")]
    public async Task Too_few_authorities_answer(string commandLine)
    {
        var run = await ToolRun.Of($"{commandLine} --wait 1s --data {_folder["d"]} --network {Network()}");
        Assert.Equal(ExitCode.NoMajority, run.Code);
        Assert.Contains("0 of the network's 3 authorities", run.Error, StringComparison.Ordinal);
        Assert.Contains("aa, bb, cc", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_authority_whose_clock_is_off()
    {
        await using var one = new DatedServer();
        await using var other = new DatedServer();
        var keys = await ToolRun.Of($"authority keys --nickname auth1 --data {_folder["a"]}");
        var network = _folder.Write("net", keys.Out + SomeNetwork.Line("aa", 9, one.Port) + "\n" + SomeNetwork.Line("bb", 9, other.Port) + "\n");

        var run = await ToolRun.Of(["authority", "--data", _folder["a"], "--network", network], time: new AheadTime(TimeSpan.FromMinutes(20)));

        Assert.Equal(ExitCode.ClockOff, run.Code);
        Assert.Contains("20 minutes ahead", run.Error, StringComparison.Ordinal);
        Assert.Contains("2 of the 2 other authorities", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_runs_there()
    {
        var run = await ToolRun.Of($"status --once --data {_folder["d"]}");
        Assert.Equal(ExitCode.NotFound, run.Code);
        Assert.Contains("no process of this user runs", run.Error, StringComparison.Ordinal);
    }

    private string Network() => _folder.Write("net", SomeNetwork.Unreachable);

    /// <summary>A clock that goes ahead.</summary>
    private sealed class AheadTime(TimeSpan ahead) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + ahead;
    }

    /// <summary>An authority as far as its clock goes: answers everything with nothing, and the date.</summary>
    private sealed class DatedServer : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly Task _serving;

        public DatedServer()
        {
            _listener.Start();
            _serving = ServeAsync();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public async ValueTask DisposeAsync()
        {
            _listener.Dispose();
            await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        private async Task ServeAsync()
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                var stream = client.GetStream();
                await stream.ReadAtLeastAsync(new byte[16], 16);
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.0 404 Not found\r\nDate: {DateTimeOffset.UtcNow:R}\r\nContent-Length: 0\r\n\r\n"));
            }
        }
    }
}
