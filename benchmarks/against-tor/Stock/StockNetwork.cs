using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;

namespace OnionHost.Benchmarks.AgainstTor.Stock;

/// <summary>Stock tor: three authorities, four relays, two exits, a client and a service, each a process, run by the kit 'tornet'.</summary>
internal sealed class StockNetwork : INetworkUnderTest
{
    /// <summary>Stock tor takes one NEWNYM in ten seconds, and does a later one when they are over.</summary>
    private static readonly TimeSpan NewIdentityPause = TimeSpan.FromSeconds(10.5);

    private readonly string _kit;
    private readonly string _folder;
    private readonly JsonElement _description;

    private StockNetwork(string kit, string folder, JsonElement description)
    {
        _kit = kit;
        _folder = folder;
        _description = description;
        Processes = Nodes().GroupBy(node => node.Part).ToDictionary(part => part.Key, part => (IReadOnlyList<int>)[.. part.Select(node => node.Id)]);
    }

    /// <inheritdoc/>
    public string Name => $"tor {_description.GetProperty("tor").GetProperty("version").GetString()}";

    /// <inheritdoc/>
    public IPEndPoint Socks => new(IPAddress.Loopback, _description.GetProperty("nodes").GetProperty("client1").GetProperty("socks_port").GetInt32());

    /// <inheritdoc/>
    public IPEndPoint Http => new(IPAddress.Loopback, _description.GetProperty("http").GetProperty("port").GetInt32());

    /// <inheritdoc/>
    public string OnionHost => _description.GetProperty("onion_services")[0].GetProperty("hostname").GetString()!;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, IReadOnlyList<int>> Processes { get; }

    /// <summary>Brings it up in a folder of its own.</summary>
    public static async Task<StockNetwork> StartAsync(string kit, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(Path.GetTempPath(), "onionhost-bench-" + Path.GetRandomFileName());
        await RunAsync(kit, ["-q", "up", folder, "--authorities", "3", "--relays", "4", "--exits", "2", "--owner", $"{Environment.ProcessId}"], cancellationToken);
        using var description = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "network.json"), cancellationToken));
        return new StockNetwork(kit, folder, description.RootElement.Clone());
    }

    /// <inheritdoc/>
    public async Task ForgetAsync(CancellationToken cancellationToken)
    {
        await RunAsync(_kit, ["-q", "ctl", _folder, "client1", "SIGNAL", "NEWNYM"], cancellationToken);
        await Task.Delay(NewIdentityPause, TimeProvider.System, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await RunAsync(_kit, ["-q", "down", _folder, "--purge"], CancellationToken.None);

    private static async Task RunAsync(string kit, string[] arguments, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo("python3", [kit, .. arguments]) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException("python3 did not start.");
        await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"'tornet {string.Join(' ', arguments)}' failed.");
        }
    }

    private IEnumerable<(string Part, int Id)> Nodes() =>
        from node in _description.GetProperty("nodes").EnumerateObject()
        let role = node.Value.GetProperty("role").GetString()
        let pid = File.ReadAllText(Path.Combine(_folder, "nodes", node.Name, "pid"))
        select (role is "client" or "service" ? role : "network", int.Parse(pid, CultureInfo.InvariantCulture));
}
