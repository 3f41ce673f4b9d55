using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace OnionHost.InteropTests;

/// <summary>
/// A fresh stock client that enters a network by one relay and no other way: its bridge. All that it learns about the network comes
/// from there, by directory requests inside circuits. It ends with the test.
/// </summary>
internal sealed partial class BridgedClient : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _folder;
    private readonly OurRelay _bridge;

    private BridgedClient(Process process, string folder, OurRelay bridge)
    {
        _process = process;
        _bridge = bridge;
        _folder = folder;
    }

    private string Log => Path.Combine(_folder, StockNode.InfoLogName);

    /// <summary>Starts it, with nothing known but the authorities' keys.</summary>
    public static async Task<BridgedClient> StartAsync(StockNetwork network, string name, OurRelay bridge, CancellationToken limit)
    {
        var folder = Directory.CreateDirectory(Path.Combine(network.Folder, "nodes", name)).FullName;
        var torrc = Path.Combine(folder, "torrc");
        var empty = Path.Combine(folder, "empty");
        await File.WriteAllTextAsync(empty, string.Empty, limit);
        await File.WriteAllLinesAsync(
            torrc,
            [
                "TestingTorNetwork 1",
                .. network.Description.GetProperty("dir_authorities").EnumerateArray().Select(line => "DirAuthority " + line.GetString()),
                $"DataDirectory {Path.Combine(folder, "data")}",
                $"Log info file {Path.Combine(folder, StockNode.InfoLogName)}",
                "SafeLogging 0", "LogTimeGranularity 1", "LogMessageDomains 1", "ProtocolWarnings 1",
                $"GeoIPFile {empty}", $"GeoIPv6File {empty}",
                "PathsNeededToBuildCircuits 0.67", "TestingClientMaxIntervalWithoutRequest 1",
                "SocksPort 0", "UseBridges 1", $"Bridge {bridge.OrPort} {bridge.Fingerprint}",
                $"__OwningControllerProcess {Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}",
            ],
            limit);
        var process = Process.Start(new ProcessStartInfo("tor", ["-f", torrc, "--defaults-torrc", empty, "--quiet"]))
            ?? throw new InvalidOperationException("tor did not start.");
        return new BridgedClient(process, folder, bridge);
    }

    /// <summary>Waits until it can build circuits: it has a consensus, the certificates, and microdescriptors.</summary>
    public async Task BootstrapAsync(CancellationToken limit)
    {
        while (!File.Exists(Log))
        {
            await Task.Delay(50, limit);
        }

        await StockLogs.WaitAsync(Log, @"Bootstrapped 100%", 0, limit);
    }

    /// <summary>Who served it documents: kind (such as <c>consensus</c>) and the address and port.</summary>
    public IReadOnlyList<(string Kind, string Server)> Served() =>
        [.. StockLogs.Lines(Log).Select(line => ServedLine().Match(line)).Where(m => m.Success).Select(m => (m.Groups["kind"].Value, m.Groups["server"].Value))];

    /// <summary>What it warns of about its bridge, or in the protocol domain.</summary>
    public IReadOnlyList<string> Complaints() =>
        [.. StockLogs.About(StockLogs.Lines(Log), [_bridge.Fingerprint, _bridge.OrPort.ToString(), "{PROTOCOL}"], StockLogs.IsWarning)];

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    [GeneratedRegex(@"(?i)received (answer to )?(?<kind>consensus|microdescriptor|authority certificates|server info).*from server .*?(?<server>[\d.]+:\d+)")]
    private static partial Regex ServedLine();
}
