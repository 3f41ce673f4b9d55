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
    private readonly List<string> _more = [];
    private readonly StockComplaints _complaints = new();
    private bool _keepLogs;

    /// <summary>What the kit says of the network.</summary>
    internal JsonElement Description { get; private set; }

    /// <summary>The stock authorities.</summary>
    public IReadOnlyList<DirectoryAuthority> Authorities =>
        [.. Description.GetProperty("dir_authorities").EnumerateArray().Select(line => DirectoryAuthority.Parse(line.GetString()!))];

    /// <summary>The HTTP server that exits can reach.</summary>
    public IPEndPoint Http => new(IPAddress.Loopback, Description.GetProperty("http").GetProperty("port").GetInt32());

    /// <summary>The host name of the first stock onion service; port 80 is the HTTP server, port 7 an echo.</summary>
    public string OnionHostName => Description.GetProperty("onion_services")[0].GetProperty("hostname").GetString()!;

    /// <summary>The host name of a stock onion service.</summary>
    public string OnionServiceOf(string nickname) => Description.GetProperty("onion_services").EnumerateArray()
        .Single(service => service.GetProperty("node").GetString() == nickname).GetProperty("hostname").GetString()!;

    /// <summary>Where the network and all logs lie; of our nodes in the folder <c>ours</c>.</summary>
    public string Folder => _folder ?? throw new InvalidOperationException("There is no network.");

    /// <summary>Every stock node.</summary>
    public IReadOnlyList<StockNode> Nodes => [.. Description.GetProperty("nodes").EnumerateObject().Select(node => new StockNode(node.Name, node.Value))];

    /// <summary>What the network consists of.</summary>
    protected virtual StockShape Shape => new();

    /// <summary>The stock node of a name.</summary>
    public StockNode Node(string nickname) => new(nickname, Description.GetProperty("nodes").GetProperty(nickname));

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
                await OnInitializingAsync();
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
        foreach (var folder in _keepLogs ? [] : _more)
        {
            Directory.Delete(folder, recursive: true);
        }

        if (_running is null && _folder is not null)
        {
            await StockKit.RunAsync(TimeSpan.FromSeconds(60), ["-q", "down", _folder, .. _keepLogs ? Array.Empty<string>() : ["--purge"]]);
            if (!_keepLogs && Directory.Exists(_folder))
            {
                Directory.Delete(_folder, recursive: true);
            }
        }
    }

    /// <summary>From here on, log lines like this are no complaint: the test provokes them.</summary>
    internal void Expect(string pattern) => _complaints.Expect(pattern);

    /// <summary>Fails if a stock node complained since the last call, of whomever.</summary>
    /// <param name="isEarly">Until now the network was coming up: what is usual then is no complaint.</param>
    internal void AssertNoComplaints(bool isEarly = false)
    {
        var complaints = _complaints.Take(Nodes, isEarly);
        Assert.True(complaints.Count == 0, $"Stock nodes complain:{Environment.NewLine}{string.Join(Environment.NewLine, complaints)}");
    }

    /// <summary>Runs a command of the kit on this network, such as <c>logs --warn</c>, and gives what it prints.</summary>
    public Task<string> RunAsync(string command, params string[] arguments) => StockKit.RunAsync(StartLimit, ["-q", command, Folder, .. arguments]);

    /// <summary>Asks a stock node's control port, once: <c>GETINFO</c>, <c>SETCONF</c>, <c>SIGNAL</c> and so on.</summary>
    public Task<string> ControlAsync(string node, params string[] words) => RunAsync("ctl", [node, .. words]);

    /// <summary>Reads again what the kit says: after nodes were added or restarted.</summary>
    protected async Task DescribeAsync() =>
        Description = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, "network.json"))).RootElement.Clone();

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

    /// <summary>Nothing is there yet: nodes of ours that <see cref="Shape"/> has to name may start.</summary>
    protected virtual Task OnInitializingAsync() => Task.CompletedTask;

    /// <summary>The authorities are known and no daemon runs yet: our nodes may start.</summary>
    protected virtual Task OnInitializedAsync() => Task.CompletedTask;

    /// <summary>Every daemon is up.</summary>
    protected virtual Task OnStartedAsync() => Task.CompletedTask;

    /// <summary>The daemons are about to be stopped. Also called if they were never started.</summary>
    protected virtual Task OnStoppingAsync() => Task.CompletedTask;

    /// <summary>A further folder, for what comes before the kit makes its own. It goes with the network, or stays with its logs.</summary>
    protected string MakeFolder(string kind)
    {
        _more.Add(Path.Combine(LogRoot(), $"onionhost-{kind}-{Path.GetRandomFileName()}"));
        return Directory.CreateDirectory(_more[^1]).FullName;
    }

    private static string LogRoot() => Environment.GetEnvironmentVariable("ONIONHOST_INTEROP_LOGS") is { Length: > 0 } chosen ? chosen : Path.GetTempPath();

    private InvalidOperationException KeepLogs(Exception fault)
    {
        _keepLogs = true;
        return new InvalidOperationException(
            $"{fault.Message}{Environment.NewLine}The logs are kept: {Folder}/nodes/*/*.log (stock), {string.Join(", ", _more.Append(Folder).Select(folder => folder + "/ours/*.log"))} (ours).", fault);
    }
}
