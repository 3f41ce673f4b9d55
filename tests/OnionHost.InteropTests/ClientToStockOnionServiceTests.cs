using System.Net;
using System.Security.Cryptography;
using OnionHost.Rendezvous;

namespace OnionHost.InteropTests;

/// <summary>Our client and a stock onion service, over stock relays.</summary>
[Collection(StockNetworkSuite.Name)]
public sealed class ClientToStockOnionServiceTests(StockNetwork network) : IAsyncLifetime
{
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(90));
    private TorClient? _client;

    public async Task InitializeAsync()
    {
        network.Require();
        _client = new TorClient(new TorClientOptions
        {
            Authorities = network.Authorities,
            SocksEndPoint = new IPEndPoint(IPAddress.Loopback, 0),
            EnforceDistinctSubnets = false,
            AllowPrivateAddresses = true,
        });
        await _client.StartAsync(_limit.Token);
        await _client.WaitUntilReadyAsync(_limit.Token);
    }

    public async Task DisposeAsync()
    {
        if (_client is not null)
        {
            await _client.DisposeAsync();
        }

        _limit.Dispose();
    }

    [SkippableFact]
    public async Task It_fetches_pages_and_a_large_body()
    {
        using var http = new HttpClient(new SocketsHttpHandler { Proxy = new WebProxy($"socks5://{_client!.SocksEndPoint}"), UseProxy = true });
        Assert.Equal("tornet: it works\n", await http.GetStringAsync($"http://{network.OnionHostName}/", _limit.Token));
        Assert.Equal("tornet: it works\n", await http.GetStringAsync($"http://www.{network.OnionHostName}/", _limit.Token));

        const int Size = 2_000_000;
        var body = await http.GetByteArrayAsync($"http://{network.OnionHostName}/bytes/{Size}", _limit.Token);
        var digest = await http.GetStringAsync($"http://{network.OnionHostName}/sha256/{Size}", _limit.Token);
        Assert.Equal(digest.Trim(), Convert.ToHexStringLower(SHA256.HashData(body)));
    }

    [SkippableFact]
    public async Task The_kit_is_content_with_its_socks_port()
    {
        var socks = _client!.SocksEndPoint!.ToString();
        var report = await network.RunAsync("check", "--socks", socks);
        Assert.DoesNotContain("FAIL", report, StringComparison.OrdinalIgnoreCase);
    }
}
