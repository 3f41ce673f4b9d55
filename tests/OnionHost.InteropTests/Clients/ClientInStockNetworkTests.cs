using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using OnionHost.Network.Circuits;
using OnionHost.Network.Directory;
using OnionHost.Network.Paths;
using OnionHost.Protocol;
using OnionHost.Protocol.Messages;
using OnionHost.Rendezvous;

namespace OnionHost.InteropTests;

/// <summary>Our client, all else stock: it bootstraps from stock authorities, fetches through stock relays, and visits stock onion services.</summary>
[Collection(StockNetworkSuite.Name)]
public sealed class ClientInStockNetworkTests(SharedNetwork network) : JudgedTest(network)
{
    private const int Large = 50_000_000;

    private string Url(string path) => $"http://web.tornet.test:{network.Http.Port}/{path}";

    [SkippableFact]
    public Task It_fetches_through_an_exit() => VisitAsync(async client =>
    {
        Assert.Equal(BootstrapPhase.Ready, client.Progress.Phase);
        using var http = HttpOver(client.SocksEndPoint!);
        Assert.Equal("tornet: it works\n", await http.GetStringAsync($"http://{network.Http}/", Stop));
        await AssertBytesAsync(http, Url("{0}"), 1_000_000);
        var bodies = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => http.GetByteArrayAsync(Url($"bytes/{20_000 + i}"), Stop)));
        Assert.Equal(Enumerable.Range(0, 40).Select(i => 20_000 + i), bodies.Select(b => b.Length));
    });

    [SkippableFact]
    public Task Eight_large_downloads_at_once_come_whole() => VisitAsync(
        async client =>
        {
            using var http = HttpOver(client.SocksEndPoint!);
            await Task.WhenAll(Enumerable.Range(0, 8).Select(i => AssertBytesAsync(http, Url("{0}"), Large - i)));
        },
        seconds: 300);

    [SkippableFact]
    public Task It_resolves_names_at_an_exit() => VisitAsync(async client =>
    {
        var answer = await client.Node.Circuits.ResolveAsync("web.tornet.test", IsolationKey.None, Stop);
        Assert.Contains(answer.Answers, a => Equals(a.Address, IPAddress.Loopback));
        var missing = await client.Node.Circuits.ResolveAsync("nx.tornet.test", IsolationKey.None, Stop);
        Assert.All(missing.Answers, a => Assert.True(a.Type is ResolvedType.Error or ResolvedType.TransientError));
    });

    [SkippableFact]
    public Task It_visits_onion_services() => VisitAsync(async client =>
    {
        using var http = HttpOver(client.SocksEndPoint!);
        Assert.Equal("tornet: it works\n", await http.GetStringAsync($"http://{network.OnionHostName}/", Stop));
        Assert.Equal("tornet: it works\n", await http.GetStringAsync($"http://www.{network.OnionHostName}/", Stop));
        await AssertBytesAsync(http, $"http://{network.OnionHostName}/{{0}}", 10_000_000);
        Assert.DoesNotContain("FAIL", await network.RunAsync("check", "--socks", client.SocksEndPoint!.ToString()), StringComparison.OrdinalIgnoreCase);
    });

    [SkippableFact]
    public Task It_opens_a_restricted_service_with_a_cookie_in_the_name() => VisitAsync(async client =>
    {
        var (name, key) = network.StockRestricted;
        var refusal = await Assert.ThrowsAsync<OnionException>(() => client.ConnectAsync(name, 80, cancellationToken: Stop));
        Assert.Equal(OnionFailure.MissingAuthorization, refusal.Failure);
        var wrong = await Assert.ThrowsAsync<OnionException>(() => client.ConnectAsync($"{new string('a', 52)}.{name}", 80, cancellationToken: Stop));
        Assert.Equal(OnionFailure.WrongAuthorization, wrong.Failure);
        using var http = HttpOver(client.SocksEndPoint!);
        await AssertBytesAsync(http, $"http://{key}.{name}/{{0}}", 1_000_000);
    });

    [SkippableFact]
    public Task It_truncates_a_circuit_and_extends_it_elsewhere() => VisitAsync(async client =>
    {
        var exits = client.Node.Directory.Current!.Relays.Where(IsExit).ToList();
        await using var circuit = await client.Node.Circuits.BuildAsync(
            new CircuitRequest { LastFilter = relay => relay.Fingerprint == exits[0].Fingerprint, Exclude = [exits[1].Fingerprint] }, Stop);
        await FetchAsync(circuit);
        await circuit.TruncateAsync(2, Stop);
        Assert.Equal(2, circuit.Length);
        await circuit.ExtendAsync(exits[1].ToHop(), Stop);
        await FetchAsync(circuit);
    });

    [SkippableFact]
    public Task A_download_goes_on_while_the_consensus_is_renewed() => VisitAsync(async client =>
    {
        var directory = client.Node.Directory;
        var first = directory.Current!.ValidAfter;
        var renewed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        directory.Changed += view =>
        {
            if (view.ValidAfter > first)
            {
                renewed.TrySetResult();
            }
        };
        using var http = HttpOver(client.SocksEndPoint!);
        using var response = await http.GetAsync(Url("bytes/10000000"), HttpCompletionOption.ResponseHeadersRead, Stop);
        await using var body = await response.Content.ReadAsStreamAsync(Stop);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[64 * 1024];
        for (int count, total = 0; (count = await body.ReadAsync(buffer, Stop)) > 0; total += count)
        {
            hash.AppendData(buffer.AsSpan(0, count));
            if (total < 1_000_000 && total + count >= 1_000_000)
            {
                await renewed.Task.WaitAsync(Stop);
            }
        }

        Assert.Equal((await http.GetStringAsync(Url("sha256/10000000"), Stop)).Trim(), Convert.ToHexStringLower(hash.GetHashAndReset()));
    });

    [SkippableFact]
    public Task After_a_relay_died_in_mid_stream_the_next_request_succeeds() => VisitAsync(async client =>
    {
        // The last hop dies, so that the guard stays; another exit is left.
        await using var circuit = await client.Node.Circuits.BuildAsync(new CircuitRequest { LastFilter = IsExit }, Stop);
        var victim = network.Nodes.Single(node => node.Nickname.StartsWith("exit", StringComparison.Ordinal)
            && node.Fingerprint == circuit.Path[^1]!.Fingerprint.ToString());
        using (var http = HttpOver(client.SocksEndPoint!))
        {
            await http.GetStringAsync(Url(string.Empty), Stop);
        }

        await using var stream = (await circuit.LastHop.OpenAsync(new BeginMessage("127.0.0.1", (ushort)network.Http.Port, 0), Stop)).AsStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET /bytes/{Large} HTTP/1.1\r\nHost: web\r\n\r\n"), Stop);
        var buffer = new byte[64 * 1024];
        await stream.ReadAtLeastAsync(buffer, 100, cancellationToken: Stop);
        await victim.SignalAsync("KILL");
        try
        {
            // What was under way still comes; then the loss must show, and not look like an end.
            await Assert.ThrowsAnyAsync<TorException>(() => stream.CopyToAsync(Stream.Null, Stop));
            using var next = HttpOver(client.SocksEndPoint!);
            await AssertBytesAsync(next, Url("{0}"), 1_000_000);
        }
        finally
        {
            await network.RunAsync("start", victim.Nickname);
        }
    });

    private static HttpClient HttpOver(IPEndPoint socks) => new(new SocketsHttpHandler { Proxy = new WebProxy($"socks5://{socks}"), UseProxy = true })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private bool IsExit(RelayNode relay) => relay.Policy.Allows((ushort)network.Http.Port);

    private Task VisitAsync(Func<TorClient, Task> visit, int seconds = 120) => JudgeAsync(
        async () =>
        {
            await using var client = new TorClient(new TorClientOptions
            {
                Authorities = network.Authorities,
                SocksEndPoint = new IPEndPoint(IPAddress.Loopback, 0),
                EnforceDistinctSubnets = false,
                AllowPrivateAddresses = true,
                LoggerFactory = Logs,
            });
            await client.StartAsync(Stop);
            await client.WaitUntilReadyAsync(Stop);
            await visit(client);
        },
        seconds);

    private async Task AssertBytesAsync(HttpClient http, string url, int count)
    {
        string At(string path) => string.Format(CultureInfo.InvariantCulture, url, path);
        await using var body = await http.GetStreamAsync(At($"bytes/{count}"), Stop);
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(body, Stop));
        Assert.Equal((await http.GetStringAsync(At($"sha256/{count}"), Stop)).Trim(), hash);
    }

    private async Task FetchAsync(ClientCircuit circuit)
    {
        await using var stream = (await circuit.LastHop.OpenAsync(new BeginMessage("127.0.0.1", (ushort)network.Http.Port, 0), Stop)).AsStream();
        await stream.WriteAsync("GET / HTTP/1.0\r\n\r\n"u8.ToArray(), Stop);
        using var reader = new StreamReader(stream);
        Assert.EndsWith("tornet: it works\n", await reader.ReadToEndAsync(Stop), StringComparison.Ordinal);
    }
}
