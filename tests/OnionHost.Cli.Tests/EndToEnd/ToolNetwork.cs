namespace OnionHost.Cli.Tests.EndToEnd;

/// <summary>Three authorities, six relays (two of them exits), a client and an onion service: each a process of the built tool.</summary>
internal sealed class ToolNetwork : IAsyncDisposable
{
    private const int Authorities = 3;
    private const int Relays = 6;
    private const int Exits = 2;

    private readonly Folder _folder = new();
    private readonly Dictionary<string, ToolProcess> _processes = [];
    private readonly Dictionary<string, string> _commandLines = [];

    private string Network => _folder["network.torrc"];

    /// <summary>A process by its name: <c>auth1</c>, <c>relay1</c>, <c>client</c>, <c>service</c>.</summary>
    public ToolProcess this[string name] => _processes[name];

    /// <summary>The client's SOCKS port.</summary>
    public async Task<string> SocksAsync() => (await this["client"].WaitAsync("ready")).GetProperty("socks").GetString()!;

    /// <summary>The data directory of a process.</summary>
    public string Data(string name) => _folder[name];

    /// <summary>Brings all of it up, from nothing.</summary>
    public static async Task<ToolNetwork> StartAsync(int webPort)
    {
        var network = new ToolNetwork();
        try
        {
            await network.UpAsync(webPort);
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends a process as a crash would.</summary>
    public Task KillAsync(string name) => this[name].KillAsync();

    /// <summary>Starts a process again with the same command line, and waits until it is ready.</summary>
    public async Task StartAgainAsync(string name)
    {
        await this[name].DisposeAsync();
        Start(name, _commandLines[name]);
        await this[name].WaitAsync("ready");
    }

    /// <summary>Asks every process to end; gives the exit codes.</summary>
    public async Task<IReadOnlyList<int>> EndAsync() => await Task.WhenAll(_processes.Values.Select(process => process.EndAsync()));

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes.Values)
        {
            await process.DisposeAsync();
        }

        _folder.Dispose();
    }

    private async Task UpAsync(int webPort)
    {
        // Who the authorities are is known before any of them runs.
        var keys = await Task.WhenAll(Enumerable.Range(1, Authorities).Select(i => ToolProcess.RunAsync($"authority keys --nickname auth{i} --data {_folder[$"auth{i}"]}")));
        await File.WriteAllLinesAsync(Network, keys.Select(key => key.GetProperty("line").GetString()!));
        for (var i = 1; i <= Authorities; i++)
        {
            Start($"auth{i}", $"authority --voting-interval 20s --client-versions 99.0.0 --data {_folder[$"auth{i}"]} --network {Network}");
        }

        await Task.WhenAll(_processes.Values.Select(process => process.WaitAsync("ready")));
        for (var i = 1; i <= Relays; i++)
        {
            Start($"relay{i}", $"relay --nickname relay{i} --or-port 0 --exit-policy {(i <= Exits ? "open" : "middleman")} --data {_folder[$"relay{i}"]} --network {Network}");
        }

        await Task.WhenAll(Enumerable.Range(1, Relays).Select(async i => await ApproveAsync((await this[$"relay{i}"].WaitAsync("ready")).GetProperty("fingerprint").GetString()!)));
        Start("client", $"client --socks 0 --data {_folder["client"]} --network {Network}");
        Start("service", $"service --target 127.0.0.1:{webPort} --port 80 --port 8080 --data {_folder["service"]} --network {Network}");
        await this["client"].WaitAsync("ready");
        await this["service"].WaitAsync("ready");
    }

    private async Task ApproveAsync(string fingerprint)
    {
        for (var i = 1; i <= Authorities; i++)
        {
            Assert.Equal(0, (await ToolRun.Of($"authority approve {fingerprint} --data {_folder[$"auth{i}"]}")).Code);
        }
    }

    private void Start(string name, string commandLine)
    {
        _commandLines[name] = commandLine;
        _processes[name] = ToolProcess.Start(commandLine);
    }
}
