using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using OnionHost.Network;
using OnionHost.Network.Client;
using OnionHost.Network.Directory;
using OnionHost.Network.Paths;
using OnionHost.Network.Socks;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Messages;

namespace OnionHost.InteropTests;

/// <summary>Our client, all else stock: it bootstraps from stock authorities and fetches through stock relays.</summary>
[Collection(StockNetworkSuite.Name)]
public sealed class ClientThroughStockRelaysTests(StockNetwork network) : IAsyncLifetime
{
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(90));
    private ClientNode _client = null!;
    private SocksServer _socks = null!;

    public async Task InitializeAsync()
    {
        network.Require();
        var context = new NodeContext(TimeProvider.System, SystemRandomSource.Instance, NullLoggerFactory.Instance);
        _client = new ClientNode(context, new ClientNodeOptions
        {
            Authorities = network.Authorities,
            EnforceDistinctSubnets = false,
            AllowPrivateAddresses = true,
        });
        _socks = new SocksServer(context, new IPEndPoint(IPAddress.Loopback, 0), _client.Circuits);
        await _client.StartAsync(_limit.Token);
        await _client.Directory.WaitAsync(_limit.Token);
        await _socks.StartAsync(_limit.Token);
    }

    public async Task DisposeAsync()
    {
        if (_socks is not null)
        {
            await _socks.DisposeAsync();
            await _client.DisposeAsync();
        }

        _limit.Dispose();
    }

    [SkippableFact]
    public async Task It_knows_the_network_and_fetches_through_an_exit()
    {
        Assert.Equal(BootstrapPhase.Ready, _client.Progress.Phase);
        using var http = ClientOver(_socks.EndPoint);
        Assert.Equal("tornet: it works\n", await http.GetStringAsync($"http://{network.Http}/", _limit.Token));

        const int Size = 3_000_000;
        var body = await http.GetByteArrayAsync($"http://web.tornet.test:{network.Http.Port}/bytes/{Size}", _limit.Token);
        var digest = await http.GetStringAsync($"http://web.tornet.test:{network.Http.Port}/sha256/{Size}", _limit.Token);
        Assert.Equal(digest.Trim(), Convert.ToHexStringLower(SHA256.HashData(body)));
    }

    [SkippableFact]
    public async Task It_resolves_names_at_an_exit()
    {
        var answer = await _client.Circuits.ResolveAsync("web.tornet.test", IsolationKey.None, _limit.Token);
        Assert.Contains(answer.Answers, a => Equals(a.Address, IPAddress.Loopback));
        var missing = await _client.Circuits.ResolveAsync("nx.tornet.test", IsolationKey.None, _limit.Token);
        Assert.All(missing.Answers, a => Assert.True(a.Type is ResolvedType.Error or ResolvedType.TransientError));
    }

    [SkippableFact]
    public async Task Many_streams_share_a_few_circuits()
    {
        using var http = ClientOver(_socks.EndPoint);
        var bodies = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => http.GetByteArrayAsync($"http://{network.Http}/bytes/{20_000 + i}", _limit.Token)));
        Assert.Equal(Enumerable.Range(0, 40).Select(i => 20_000 + i), bodies.Select(b => b.Length));
    }

    private static HttpClient ClientOver(IPEndPoint socks) =>
        new(new SocketsHttpHandler { Proxy = new WebProxy($"socks5://{socks}"), UseProxy = true });
}
