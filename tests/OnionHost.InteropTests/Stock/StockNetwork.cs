using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using OnionHost.Network;

namespace OnionHost.InteropTests;

/// <summary>
/// A private network of stock tor daemons, made by the kit <c>tornet</c>. Where there is no tor or no kit, tests skip and say how to get
/// it; with ONIONHOST_REQUIRE_TOR=1 they fail instead. ONIONHOST_TORNET names the kit, ONIONHOST_STOCK_NETWORK a network that runs already.
/// </summary>
public class StockNetwork : IAsyncLifetime
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(180);

    private readonly string? _running = Environment.GetEnvironmentVariable("ONIONHOST_STOCK_NETWORK");
    private string? _folder;
    private string? _missing;
    private bool _keepLogs;
    private JsonElement _description;

    /// <summary>The stock authorities.</summary>
    public IReadOnlyList<DirectoryAuthority> Authorities =>
        [.. _description.GetProperty("dir_authorities").EnumerateArray().Select(line => DirectoryAuthority.Parse(line.GetString()!))];

    /// <summary>The HTTP server that exits can reach.</summary>
    public IPEndPoint Http => new(IPAddress.Loopback, _description.GetProperty("http").GetProperty("port").GetInt32());

    /// <summary>The host name of the first stock onion service; port 80 is the HTTP server, port 7 an echo.</summary>
    public string OnionHostName => _description.GetProperty("onion_services")[0].GetProperty("hostname").GetString()!;

    /// <summary>The host name of a stock onion service.</summary>
    public string OnionServiceOf(string nickname) => _description.GetProperty("onion_services").EnumerateArray()
        .Single(service => service.GetProperty("node").GetString() == nickname).GetProperty("hostname").GetString()!;

    /// <summary>Where the network and all logs lie; of our nodes in the folder <c>ours</c>.</summary>
    public string Folder => _folder ?? throw new InvalidOperationException("There is no network.");

    /// <summary>Every stock node.</summary>
    public IReadOnlyList<StockNode> Nodes => [.. _description.GetProperty("nodes").EnumerateObject().Select(node => new StockNode(node.Name, node.Value))];

    /// <summary>What the network consists of.</summary>
    protected virtual StockShape Shape => new();

    /// <summary>The stock node of a name.</summary>
    public StockNode Node(string nickname) => new(nickname, _description.GetProperty("nodes").GetProperty(nickname));

    /// <summary>Skips the test, or fails it, when there is no network.</summary>
    public void Require() => Require(_missing);

    /// <summary>Skips the test, or fails it, when something is missing.</summary>
    internal static void Require(string? missing)
    {
        if (missing is null)
        {
            return;
        }

        Assert.False(Environment.GetEnvironmentVariable("ONIONHOST_REQUIRE_TOR") == "1", missing);
        Skip.If(true, missing);
    }

    /// <summary>Runs a test that needs the network; if it fails, every log stays, and the failure says where.</summary>
    public async Task RunTestAsync(Func<Task> test)
    {
        Require();
        try
        {
            await test();
        }
        catch (Exception e) when (e is not SkipException)
        {
            throw KeepLogs(e);
        }
    }

    public async Task InitializeAsync()
    {
        if (_running is null && (_missing = StockKit.WhatIsMissing()) is not null)
        {
            return;
        }

        _folder = _running ?? Path.Combine(LogRoot(), "onionhost-tornet-" + Path.GetRandomFileName());
        try
        {
            if (_running is null)
            {
                await StockKit.RunAsync(StartLimit, ["-q", "init", _folder, .. Shape.Arguments(_folder)]);
                await DescribeAsync();
                await OnInitializedAsync();
                await StockKit.RunAsync(StartLimit, "-q", "start", _folder, "--owner", Environment.ProcessId.ToString());
            }

            await DescribeAsync();
            await OnStartedAsync();
        }
        catch (Exception e)
        {
            throw KeepLogs(e);
        }
    }

    public async Task DisposeAsync()
    {
        await OnStoppingAsync();
        if (_running is null && _folder is not null)
        {
            await StockKit.RunAsync(TimeSpan.FromSeconds(60), ["-q", "down", _folder, .. _keepLogs ? Array.Empty<string>() : ["--purge"]]);
            if (!_keepLogs && Directory.Exists(_folder))
            {
                Directory.Delete(_folder, recursive: true);
            }
        }
    }

    /// <summary>Runs a command of the kit on this network, such as <c>logs --warn</c>, and gives what it prints.</summary>
    public Task<string> RunAsync(string command, params string[] arguments) => StockKit.RunAsync(StartLimit, ["-q", command, Folder, .. arguments]);

    /// <summary>Asks a stock node's control port, once: <c>GETINFO</c>, <c>SETCONF</c>, <c>SIGNAL</c> and so on.</summary>
    public Task<string> ControlAsync(string node, params string[] words) => RunAsync("ctl", [node, .. words]);

    /// <summary>Reads again what the kit says: after nodes were added or restarted.</summary>
    protected async Task DescribeAsync() =>
        _description = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, "network.json"))).RootElement.Clone();

    /// <summary>Waits until every authority takes uploads.</summary>
    protected async Task AuthoritiesListenAsync()
    {
        using var limit = new CancellationTokenSource(StartLimit);
        foreach (var authority in Authorities)
        {
            for (var listens = false; !listens;)
            {
                using var client = new TcpClient();
                try
                {
                    await client.ConnectAsync(authority.DirPort, limit.Token);
                    listens = true;
                }
                catch (SocketException)
                {
                    // Another process' port: there is nothing to wait on.
                    await Task.Delay(50, limit.Token);
                }
            }
        }
    }

    /// <summary>The authorities are known and no daemon runs yet: our nodes may start.</summary>
    protected virtual Task OnInitializedAsync() => Task.CompletedTask;

    /// <summary>Every daemon is up.</summary>
    protected virtual Task OnStartedAsync() => Task.CompletedTask;

    /// <summary>The daemons are about to be stopped. Also called if they were never started.</summary>
    protected virtual Task OnStoppingAsync() => Task.CompletedTask;

    private static string LogRoot() => Environment.GetEnvironmentVariable("ONIONHOST_INTEROP_LOGS") is { Length: > 0 } chosen ? chosen : Path.GetTempPath();

    private InvalidOperationException KeepLogs(Exception fault)
    {
        _keepLogs = true;
        return new InvalidOperationException(
            $"{fault.Message}{Environment.NewLine}The logs are kept: {Folder}/nodes/*/*.log (stock), {Folder}/ours/*.log (ours).", fault);
    }
}
