using System.Globalization;
using System.Text.Json;
using OnionHost.Cli.Tests;
using OnionHost.Cli.Tests.EndToEnd;

namespace OnionHost.InteropTests;

/// <summary>
/// Processes of the tool join a network of stock tor by the tool alone: an authority beside two stock ones, a relay, an onion
/// service, a client.
/// </summary>
public sealed class ToolInStockNetworkTests : IAsyncLifetime
{
    private static readonly TimeSpan KitLimit = TimeSpan.FromSeconds(200);

    private readonly Folder _folder = new();
    private readonly List<ToolProcess> _processes = [];
    private JsonElement _network;

    private static bool IsWanted => Environment.GetEnvironmentVariable("ONIONHOST_TOOL_INTEROP") == "1";

    private string Kit => _folder["stock"];

    private string Description => Path.Combine(Kit, "network.json");

    public async Task InitializeAsync()
    {
        if (!IsWanted || StockKit.WhatIsMissing() is not null)
        {
            return;
        }

        var keys = await ToolProcess.RunAsync($"authority keys --nickname toolauth --data {_folder["authority"]}");
        var line = keys.GetProperty("line").GetString()!["DirAuthority ".Length..];
        await KitAsync("init", Kit, "--authorities", "2", "--foreign-authority", line, "--interval", "20", "--relays", "2", "--exits", "1", "--clients", "1", "--services", "0");
        _network = JsonDocument.Parse(await File.ReadAllTextAsync(Description)).RootElement.Clone();
        await Start($"authority --approve-all --data {_folder["authority"]}").WaitAsync("ready");
        await KitAsync("start", Kit, "--owner", Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
    }

    public async Task DisposeAsync()
    {
        foreach (var process in _processes)
        {
            await process.DisposeAsync();
        }

        if (Directory.Exists(Kit))
        {
            await KitAsync("down", Kit, "--purge");
        }

        _folder.Dispose();
    }

    [SkippableFact]
    public async Task All_roles_join_by_the_tool_alone()
    {
        Skip.IfNot(IsWanted, "Set apart until it was seen to be reliable. ONIONHOST_TOOL_INTEROP=1 runs it.");
        StockNetwork.Require(StockKit.WhatIsMissing());
        var http = _network.GetProperty("http").GetProperty("port").GetInt32();
        var echo = _network.GetProperty("echo").GetProperty("port").GetInt32();
        var relay = Start($"relay --nickname toolrelay --or-port 0 --data {_folder["relay"]}");
        var service = Start($"service --target 127.0.0.1:{http} --port 80 --port 7=127.0.0.1:{echo} --data {_folder["service"]}");
        var client = Start($"client --socks 0 --data {_folder["client"]}");

        await relay.WaitAsync("listed");
        await _processes[0].WaitAsync(e => e.TryGetProperty("signatures", out var signatures) && signatures.GetInt32() == 3, 0);
        await KitAsync("status", Kit, "--wait", "120", "--relay", "toolrelay");
        await PathAsync("toolrelay,relay1,exit1");
        await PathAsync("relay1,toolrelay,exit1");

        var address = (await service.WaitAsync("ready")).GetProperty("address").GetString()!;
        await KitAsync("check", Kit, "--no-exit", "--onion", address);
        var socks = (await client.WaitAsync("ready")).GetProperty("socks").GetString()!;
        await KitAsync("check", Kit, "--socks", socks, "--onion", address);
        Assert.Equal(string.Empty, (await KitAsync("logs", Kit, "--warn")).Trim());
    }

    // The stock client fetches the new relay's descriptor in its own time.
    private async Task PathAsync(string via)
    {
        using var limit = new CancellationTokenSource(KitLimit);
        while (true)
        {
            try
            {
                await KitAsync("path", Kit, "--via", via);
                return;
            }
            catch (InvalidOperationException fault) when (fault.Message.Contains("No descriptor", StringComparison.Ordinal) && !limit.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromSeconds(2), limit.Token);
            }
        }
    }

    private static Task<string> KitAsync(params string[] arguments) => StockKit.RunAsync(KitLimit, ["-q", .. arguments]);

    private ToolProcess Start(string commandLine)
    {
        var process = ToolProcess.Start($"{commandLine} --network {Description}");
        _processes.Add(process);
        return process;
    }
}
