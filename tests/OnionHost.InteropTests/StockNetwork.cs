using System.Diagnostics;
using System.Net;
using System.Text.Json;
using OnionHost.Network;

namespace OnionHost.InteropTests;

/// <summary>
/// A private network of stock tor daemons, made by the kit <c>tornet</c>. Where there is no tor or no kit, tests skip and say how to get
/// it; with ONIONHOST_REQUIRE_TOR=1 they fail instead. ONIONHOST_TORNET names the kit, ONIONHOST_STOCK_NETWORK a network that runs already.
/// </summary>
public sealed class StockNetwork : IAsyncLifetime
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(150);

    private readonly string? _running = Environment.GetEnvironmentVariable("ONIONHOST_STOCK_NETWORK");
    private string? _kit;
    private string? _folder;
    private string? _missing;
    private JsonElement _description;

    /// <summary>The stock authorities.</summary>
    public IReadOnlyList<DirectoryAuthority> Authorities =>
        [.. _description.GetProperty("dir_authorities").EnumerateArray().Select(line => DirectoryAuthority.Parse(line.GetString()!))];

    /// <summary>The HTTP server that exits can reach.</summary>
    public IPEndPoint Http => new(IPAddress.Loopback, _description.GetProperty("http").GetProperty("port").GetInt32());

    /// <summary>The host name of the first stock onion service; port 80 is the HTTP server, port 7 an echo.</summary>
    public string OnionHostName => _description.GetProperty("onion_services")[0].GetProperty("hostname").GetString()!;

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

    public async Task InitializeAsync()
    {
        _kit = FindKit();
        if (_running is null && (_missing = WhatIsMissing(_kit)) is not null)
        {
            return;
        }

        _folder = _running ?? Path.Combine(Path.GetTempPath(), "onionhost-tornet-" + Path.GetRandomFileName());
        if (_running is null)
        {
            await RunKitAsync(StartLimit, "-q", "up", _folder, "--owner", Environment.ProcessId.ToString());
        }

        _description = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(_folder, "network.json"))).RootElement.Clone();
    }

    public async Task DisposeAsync()
    {
        if (_running is null && _folder is not null)
        {
            await RunKitAsync(TimeSpan.FromSeconds(60), "-q", "down", _folder, "--purge");
        }
    }

    /// <summary>Runs a command of the kit on this network, such as <c>logs --warn</c>, and gives what it prints.</summary>
    public Task<string> RunAsync(string command, params string[] arguments) =>
        RunKitAsync(StartLimit, ["-q", command, _folder!, .. arguments]);

    /// <summary>What to install before stock daemons can run; null if nothing.</summary>
    internal static string? WhatIsMissing(string? kit)
    {
        if (kit is null)
        {
            return "The network kit is not here. Set ONIONHOST_TORNET to the file 'tornet'.";
        }

        var folders = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator);
        return folders.Any(f => File.Exists(Path.Combine(f, "tor")))
            ? null
            : "tor is not installed. On Debian or Ubuntu: sudo apt-get install tor python3.";
    }

    /// <summary>Where the kit is; null if it is not here.</summary>
    internal static string? FindKit()
    {
        if (Environment.GetEnvironmentVariable("ONIONHOST_TORNET") is { Length: > 0 } named)
        {
            return File.Exists(named) ? named : null;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "OnionHost.sln")))
            {
                var kit = Path.Combine(folder.FullName, "..", "shared", "tornet", "tornet");
                return File.Exists(kit) ? kit : null;
            }
        }

        return null;
    }

    private Task<string> RunKitAsync(TimeSpan limit, params string[] arguments) => RunKitAsync(_kit!, limit, arguments);

    /// <summary>Runs the kit, and gives what it prints.</summary>
    internal static async Task<string> RunKitAsync(string kit, TimeSpan limit, string[] arguments)
    {
        var start = new ProcessStartInfo("python3", [kit, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("python3 did not start.");
        using var late = new CancellationTokenSource(limit);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(late.Token);
            var errors = process.StandardError.ReadToEndAsync(late.Token);
            await process.WaitForExitAsync(late.Token);
            return process.ExitCode == 0
                ? await output
                : throw new InvalidOperationException($"tornet {string.Join(' ', arguments)} failed: {await output}{await errors}");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"tornet {arguments[1]} took longer than {limit}.");
        }
    }
}
