using System.Net;

namespace OnionHost.Benchmarks.AgainstTor.Own;

/// <summary>OnionHost: nine nodes in one process, a client and a service in one each.</summary>
internal sealed class OwnNetwork : INetworkUnderTest
{
    private readonly ServedProcess _network;
    private readonly ServedProcess _client;
    private readonly ServedProcess _service;

    private OwnNetwork(ServedProcess network, ServedProcess client, ServedProcess service, IPEndPoint http)
    {
        _network = network;
        _client = client;
        _service = service;
        Http = http;
        Processes = new Dictionary<string, IReadOnlyList<int>> { ["client"] = [client.Id], ["service"] = [service.Id], ["network"] = [network.Id] };
    }

    /// <inheritdoc/>
    public string Name => "OnionHost";

    /// <inheritdoc/>
    public IPEndPoint Socks => new(IPAddress.Loopback, _client.Ready.Port);

    /// <inheritdoc/>
    public IPEndPoint Http { get; }

    /// <inheritdoc/>
    public string OnionHost => _service.Ready.Onion;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, IReadOnlyList<int>> Processes { get; }

    /// <summary>Brings it up, in front of an HTTP server.</summary>
    public static async Task<OwnNetwork> StartAsync(IPEndPoint http, CancellationToken cancellationToken)
    {
        var network = await ServedProcess.StartAsync(["serve-network"], cancellationToken);
        var authorities = network.Ready.Authorities.SelectMany(line => new[] { "--authority", line }).ToList();
        var client = await ServedProcess.StartAsync(["serve-client", .. authorities], cancellationToken);
        var service = await ServedProcess.StartAsync(["serve-service", "--target", $"{http.Port}", .. authorities], cancellationToken);
        return new OwnNetwork(network, client, service, http);
    }

    /// <summary>Nothing to do: a fresh isolation key shares neither circuits nor onion descriptors with another.</summary>
    public Task ForgetAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        await _client.DisposeAsync();
        await _network.DisposeAsync();
    }
}
