using System.Text.Json;
using OnionHost.Cli.Tests.EndToEnd;

namespace OnionHost.InteropTests.Tool;

/// <summary>
/// Two stock authorities, three stock relays and a stock client; and processes of the tool, which know of the network what the
/// kit's file says: an authority, a relay, an onion service of the kit's HTTP server, a client.
/// </summary>
public sealed class ToolAmongStock : StockNetwork
{
    private readonly Dictionary<string, ToolProcess> _processes = [];
    private string _data = string.Empty;
    private string _line = string.Empty;
    private Task _joined = Task.CompletedTask;

    /// <summary>A process by its name: <c>authority</c>, <c>relay</c>, <c>service</c>, <c>client</c>, and those that a test started.</summary>
    internal ToolProcess this[string name] => _processes[name];

    /// <summary>The data directory of a process.</summary>
    internal string DataOf(string name) => Path.Combine(_data, name);

    /// <summary>Starts a process that lives no longer than the network.</summary>
    internal ToolProcess Start(string name, string commandLine) => _processes[name] = ToolProcess.Start(
        $"{commandLine} --data {DataOf(name)} --network {Path.Combine(Folder, "network.json")} --log-level debug");

    protected override StockShape Shape => new()
    {
        Authorities = 2,
        Relays = 2,
        Exits = 1,
        Services = 0,
        More = ["--foreign-authority", _line],
    };

    protected override async Task OnInitializingAsync()
    {
        _data = MakeFolder("tool");
        var keys = await ToolProcess.RunAsync($"authority keys --nickname toolauth --data {DataOf("authority")}");
        _line = keys.GetProperty("line").GetString()!["DirAuthority ".Length..];
    }

    protected override async Task OnInitializedAsync()
    {
        Start("authority", "authority --approve-all");
        await this["authority"].WaitAsync("ready");
        _joined = Task.Run(JoinAsync);
    }

    protected override async Task OnStartedAsync()
    {
        // A busy machine is late with a vote, or with a whole round of votes; what authorities do then is tested where it matters.
        Expect("(?i)valid-after time|error adding retrieved vote|response after uploading (vote|signatures)");
        await _joined;
        await RunAsync("status", "--wait", "120", "--relay", "toolrelay");
        AssertNoComplaints(isEarly: true);
    }

    protected override async Task OnStoppingAsync()
    {
        foreach (var (name, process) in _processes)
        {
            await process.DisposeAsync();
            await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(Path.Combine(_data, "ours")).FullName, name + ".log"), process.Describe());
        }
    }

    /// <summary>The relay comes when all authorities listen: one that learns of it by another's vote first, tests it 20 minutes later.</summary>
    private async Task JoinAsync()
    {
        await AuthoritiesListenAsync();
        var echo = Description.GetProperty("echo").GetProperty("port").GetInt32();
        Start("relay", "relay --nickname toolrelay --or-port 0");
        Start("service", $"service --target {Http} --port 80 --port 7=127.0.0.1:{echo}");
        Start("client", "client --socks 0");
    }
}
