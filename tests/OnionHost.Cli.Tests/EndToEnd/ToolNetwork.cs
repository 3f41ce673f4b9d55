namespace OnionHost.Cli.Tests.EndToEnd;

/// <summary>
/// Three authorities, six relays (two of them exits), a client and an onion service in front of other people's web servers: each a
/// process of the built tool. All tests of a class share it.
/// </summary>
public sealed class ToolNetwork : IAsyncLifetime
{
    private const int Authorities = 3;
    private const int Relays = 6;
    private const int Exits = 2;

    private readonly ToolProcesses _processes = new();

    /// <summary>What has to be installed.</summary>
    public static string[] Needs { get; } = ["curl", "python3"];

    /// <summary>Python's web server, behind port 80.</summary>
    internal WebServer Python { get; private set; } = null!;

    /// <summary>nginx, behind port 8080; null if it is not installed.</summary>
    internal WebServer? Nginx { get; private set; }

    /// <summary>The service's address.</summary>
    internal string Address { get; private set; } = string.Empty;

    internal ToolProcesses Processes => _processes;

    internal string Network => _processes.Data("network.torrc");

    /// <summary>The client's SOCKS port.</summary>
    internal async Task<string> SocksAsync() => (await _processes["client"].WaitAsync("ready")).GetProperty("socks").GetString()!;

    /// <summary>Brings all of it up, from nothing.</summary>
    public async Task InitializeAsync()
    {
        if (Needs.Any(program => Programs.Find(program) is null))
        {
            return; // Every test skips itself.
        }

        Python = await WebServer.PythonAsync();
        Nginx = Programs.Find("nginx") is null ? null : await WebServer.NginxAsync();
        await UpAsync();
        Address = (await _processes["service"].WaitAsync("published")).GetProperty("address").GetString()!;
    }

    /// <summary>Asks every process to end, which each does in order.</summary>
    public async Task DisposeAsync()
    {
        var codes = await _processes.EndAsync();
        await _processes.DisposeAsync();
        await (Python?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (Nginx?.DisposeAsync() ?? ValueTask.CompletedTask);
        Assert.All(codes, code => Assert.Equal(0, code));
    }

    private async Task UpAsync()
    {
        // Who the authorities are is known before any of them runs.
        var keys = await Task.WhenAll(Enumerable.Range(1, Authorities).Select(i => ToolProcess.RunAsync($"authority keys --nickname auth{i} --data {_processes.Data($"auth{i}")}")));
        await File.WriteAllLinesAsync(Network, keys.Select(key => key.GetProperty("line").GetString()!));
        for (var i = 1; i <= Authorities; i++)
        {
            _processes.Start($"auth{i}", $"authority --voting-interval 15s --client-versions 99.0.0 --network {Network}");
        }

        // A relay that is early waits for them.
        for (var i = 1; i <= Relays; i++)
        {
            var (name, policy) = i <= Exits ? ($"exit{i}", "open") : ($"relay{i}", "middleman");
            _processes.Start(name, $"relay --nickname {name} --or-port 0 --exit-policy {policy} --network {Network}");
        }

        _processes.Start("client", $"client --socks 0 --network {Network}");
        _processes.Start("service", $"service --target 127.0.0.1:{Python.Port} --port 80 --port 8080=127.0.0.1:{Nginx?.Port ?? Python.Port} --network {Network}");
        await Task.WhenAll(_processes.Names.Where(name => name.StartsWith("relay", StringComparison.Ordinal) || name.StartsWith("exit", StringComparison.Ordinal))
            .Select(async name => await ApproveAsync((await _processes[name].WaitAsync("ready")).GetProperty("fingerprint").GetString()!)));
        await _processes["client"].WaitAsync("ready");
        await _processes["service"].WaitAsync("ready");
    }

    private async Task ApproveAsync(string fingerprint)
    {
        for (var i = 1; i <= Authorities; i++)
        {
            Assert.Equal(0, (await ToolRun.Of($"authority approve {fingerprint} --data {_processes.Data($"auth{i}")}")).Code);
        }
    }
}
