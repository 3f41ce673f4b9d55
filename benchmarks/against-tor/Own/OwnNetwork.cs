using System.Net;

namespace OnionHost.Benchmarks.AgainstTor.Own;

/// <summary>OnionHost: nine nodes in one process, a client and a service in one each.</summary>
internal sealed class OwnNetwork : INetworkUnderTest
{
    private readonly string _folder = Directory.CreateTempSubdirectory("onionhost-bench-").FullName;
    private readonly Dictionary<string, ToolProcess> _processes = [];

    private OwnNetwork(IPEndPoint http) => Http = http;

    /// <inheritdoc/>
    public string Name => "OnionHost";

    /// <inheritdoc/>
    public IPEndPoint Socks => IPEndPoint.Parse(_processes["client"].Ready.GetProperty("socks").GetString()!);

    /// <inheritdoc/>
    public IPEndPoint Http { get; }

    /// <inheritdoc/>
    public string OnionHost => _processes["service"].Ready.GetProperty("address").GetString()!;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, IReadOnlyList<int>> Processes =>
        _processes.ToDictionary(part => part.Key, part => (IReadOnlyList<int>)[part.Value.Id]);

    /// <summary>Brings it up, in front of an HTTP server.</summary>
    public static async Task<OwnNetwork> StartAsync(IPEndPoint http, CancellationToken cancellationToken)
    {
        var own = new OwnNetwork(http);
        try
        {
            await own.StartAsync("network", "ready", ["network", "up", "--authorities", "3", "--relays", "6", "--exits", "2"], cancellationToken);
            var network = own._processes["network"].Ready.GetProperty("network").GetString()!;
            await own.StartAsync("client", "ready", ["client", "--network", network, "--socks", "127.0.0.1:0"], cancellationToken);
            await own.StartAsync("service", "published", ["service", "--network", network, "--target", http.ToString(), "--port", "80"], cancellationToken);
            return own;
        }
        catch
        {
            await own.DisposeAsync();
            throw;
        }
    }

    /// <summary>Nothing to do: a fresh isolation key shares neither circuits nor onion descriptors with another.</summary>
    public Task ForgetAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes.Values.Reverse())
        {
            await process.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartAsync(string part, string awaited, string[] arguments, CancellationToken cancellationToken) =>
        _processes[part] = await ToolProcess.StartAsync(awaited, [.. arguments, "--data", Path.Combine(_folder, part)], cancellationToken);
}
