using System.Net;
using System.Security.Cryptography;
using OnionHost.Network;
using OnionHost.Network.Client;
using OnionHost.Network.Socks;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;
using OnionHost.Rendezvous;

namespace OnionHost.InteropTests;

/// <summary>
/// Congestion control with stock tor at either end: agreed on in ntor-v3 handshakes and introductions, and 50 MB over it both ways.
/// What was agreed on is read from both sides' logs.
/// </summary>
[Collection(MixedNetworkSuite.Name)]
public sealed class CongestionControlTests(MixedNetwork network)
{
    private const int Size = 50_000_000;
    private const string AsClient = "has congestion control as ExitClient, with 31 cells";
    private const string AsRelay = "has congestion control as ExitRelay, with 31 cells";
    private const string AsOnion = "has congestion control as Onion, with 31 cells";

    [SkippableFact]
    public Task Our_client_and_a_stock_exit() => network.RunTestAsync(async () =>
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        using var logs = new NodeLogs(network.Folder, "congestion-client", TimeProvider.System);
        var context = new NodeContext(TimeProvider.System, SystemRandomSource.Instance, logs);
        await using var client = new ClientNode(context, new ClientNodeOptions
        {
            Authorities = network.Authorities,
            EnforceDistinctSubnets = false,
            AllowPrivateAddresses = true,
            ExcludedRelays = network.Ours.Select(relay => RelayFingerprint.Parse(relay.Fingerprint)).ToHashSet(),
        });
        await using var socks = new SocksServer(context, new IPEndPoint(IPAddress.Loopback, 0), client.Circuits);
        var agreed = logs.NextAsync(AsClient);
        var exit = network.Node("exit1");
        var before = StockLogs.Length(exit);
        await client.StartAsync(limit.Token);
        await client.Directory.WaitAsync(limit.Token);
        await socks.StartAsync(limit.Token);
        using var http = Http(socks.EndPoint);

        await DownloadAsync(http, $"http://{network.Http}", limit.Token);
        await UploadAsync(http, $"http://{network.Http}", limit.Token);

        await agreed.WaitAsync(limit.Token);
        await StockLogs.WaitAsync(exit, "CC: TOR_VEGAS", before, limit.Token);
        Assert.Empty(logs.Trouble);
    });

    [SkippableFact]
    public Task A_stock_client_and_our_exit() => network.RunTestAsync(async () =>
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        var agreed = network.Our("oursexit1").Logs.NextAsync(AsRelay);

        await network.RunAsync("path", "--via", "relay1,relay2,oursexit1", "--bytes", $"{Size}");

        await agreed.WaitAsync(limit.Token);
        Assert.Empty(network.Complaints);
    });

    [SkippableFact]
    public Task Our_client_and_a_stock_onion_service() => network.RunTestAsync(async () =>
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(4));
        using var logs = new NodeLogs(network.Folder, "congestion-visitor", TimeProvider.System);
        await using var client = new TorClient(new TorClientOptions
        {
            Authorities = network.Authorities,
            SocksEndPoint = new IPEndPoint(IPAddress.Loopback, 0),
            EnforceDistinctSubnets = false,
            AllowPrivateAddresses = true,
            LoggerFactory = logs,
        });
        var agreed = logs.NextAsync(AsOnion);
        var service = network.Node("service1");
        var before = StockLogs.Length(service);
        await client.StartAsync(limit.Token);
        await client.WaitUntilReadyAsync(limit.Token);
        using var http = Http(client.SocksEndPoint!);

        await DownloadAsync(http, $"http://{network.OnionHostName}", limit.Token);
        await UploadAsync(http, $"http://{network.OnionHostName}", limit.Token);

        await agreed.WaitAsync(limit.Token);
        await StockLogs.WaitAsync(service, "CC: TOR_VEGAS Onion Circuit", before, limit.Token);
    });

    private static async Task DownloadAsync(HttpClient http, string site, CancellationToken limit)
    {
        await using var body = await http.GetStreamAsync($"{site}/bytes/{Size}", limit);
        var digest = Convert.ToHexStringLower(await SHA256.HashDataAsync(body, limit));
        Assert.Equal((await http.GetStringAsync($"{site}/sha256/{Size}", limit)).Trim(), digest);
    }

    private static async Task UploadAsync(HttpClient http, string site, CancellationToken limit)
    {
        var body = RandomNumberGenerator.GetBytes(Size);
        using var content = new ByteArrayContent(body);
        using var answer = await http.PostAsync($"{site}/upload", content, limit);
        Assert.Contains(Convert.ToHexStringLower(SHA256.HashData(body)), await answer.Content.ReadAsStringAsync(limit));
    }

    private static HttpClient Http(IPEndPoint socks) =>
        new(new SocketsHttpHandler { Proxy = new WebProxy($"socks5://{socks}"), UseProxy = true }) { Timeout = Timeout.InfiniteTimeSpan };
}
