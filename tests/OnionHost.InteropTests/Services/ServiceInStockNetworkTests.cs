using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using OnionHost.FunctionalTests;
using OnionHost.Rendezvous.Services;

namespace OnionHost.InteropTests;

/// <summary>
/// Our service, all else stock: its descriptor lies on stock HSDirs, stock relays introduce it and are its rendezvous points, and a
/// stock client visits it.
/// </summary>
[Collection(StockNetworkSuite.Name)]
public sealed class ServiceInStockNetworkTests(SharedNetwork network) : JudgedTest(network)
{
    private const int Large = 50_000_000;

    private IPEndPoint Socks => network.Node("client1").SocksPort;

    private string Url(string path) => $"http://{network.Open.Address}/{path}";

    [SkippableFact]
    public Task A_stock_client_downloads() => JudgeAsync(async () =>
    {
        Assert.Equal("hello from an onion", await Curl.RunAsync(Socks, Stop, Url(string.Empty)));
        Assert.Equal(TestSite.HashOf(1_000_000), await Curl.HashAsync(Socks, Url("bytes/1000000"), Stop));
        Assert.Equal(TestSite.HashOf(Large), await Curl.HashAsync(Socks, Url($"bytes/{Large}"), Stop));
    });

    [SkippableFact]
    public Task A_stock_client_uploads() => JudgeAsync(async () =>
    {
        var file = Path.Combine(network.Folder, "upload");
        var body = RandomNumberGenerator.GetBytes(5_000_000);
        await File.WriteAllBytesAsync(file, body, Stop);
        var answer = await Curl.RunAsync(Socks, Stop, "--data-binary", "@" + file, Url("upload"));
        Assert.Equal(Convert.ToHexString(SHA256.HashData(body)), answer);
    });

    [SkippableFact]
    public Task A_stock_client_speaks_WebSocket() => JudgeAsync(async () =>
    {
        using var handler = new SocketsHttpHandler { Proxy = new WebProxy($"socks5://{Socks}"), UseProxy = true };
        using var invoker = new HttpMessageInvoker(handler);
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://{network.Open.Address}/echo"), invoker, Stop);
        var received = new byte[16 * 1024];
        for (var size = 1; size <= received.Length; size *= 4)
        {
            var sent = RandomNumberGenerator.GetBytes(size);
            await socket.SendAsync(sent, WebSocketMessageType.Binary, endOfMessage: true, Stop);
            var count = 0;
            WebSocketReceiveResult result;
            do
            {
                result = await socket.ReceiveAsync(new ArraySegment<byte>(received, count, received.Length - count), Stop);
                count += result.Count;
            }
            while (!result.EndOfMessage);
            Assert.Equal(sent, received.AsSpan(0, count).ToArray());
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Stop);
    });

    [SkippableFact]
    public Task Fifty_requests_come_at_once() => JudgeAsync(async () =>
    {
        // The site answers none of them before all fifty have come.
        var folder = System.IO.Directory.CreateDirectory(Path.Combine(network.Folder, "fifty")).FullName;
        var urls = Enumerable.Range(1, 50).SelectMany(i => new[] { Url($"gate/50?{i}"), "-o", Path.Combine(folder, $"{i}") });
        await Curl.RunAsync(Socks, Stop, ["--parallel", "--parallel-immediate", "--parallel-max", "50", .. urls]);
        Assert.Equal(50, System.IO.Directory.GetFiles(folder).Length);
    });

    [SkippableFact]
    public Task A_stock_client_finds_it_behind_a_label() => JudgeAsync(async () =>
        Assert.Equal("hello from an onion", await Curl.RunAsync(Socks, Stop, $"http://label.{network.Open.Address}/")));

    [SkippableFact]
    public Task Its_descriptor_lies_on_stock_directories() => JudgeAsync(async () =>
    {
        Assert.Equal(network.Open.Snapshot.DescriptorDirectories, network.Open.Snapshot.DescriptorUploads);
        await using var control = await StockControl.ConnectAsync(network.Node("client1"), Stop);
        await control.SendAsync("SETEVENTS HS_DESC", Stop);
        await control.SendAsync($"HSFETCH {network.Open.Address.Label}", Stop);
        var answer = await control.NextEventAsync(e => e.Contains(" RECEIVED ", StringComparison.Ordinal), Stop);
        Assert.Contains(network.Nodes, node => node.Description.TryGetProperty("fingerprint", out var print) && answer.Contains(print.GetString()!, StringComparison.Ordinal));
    });

    [SkippableFact]
    public Task Only_holders_of_a_cookie_find_the_restricted_one() => JudgeAsync(async () =>
    {
        var service = network.Restricted;
        network.Expect("It is likely requiring client authorization|Client authorization for requested onion address is invalid");
        await using var control = await StockControl.ConnectAsync(network.Node("client1"), Stop);
        var refusal = await Assert.ThrowsAsync<CurlException>(() => Curl.RunAsync(Socks, Stop, $"http://{service.Address}/"));
        Assert.Equal(97, refusal.ExitCode);

        using var cookie = await PublishedAsync(service, () => service.Cookies.Issue("stock"));
        await control.AuthorizeAsync(service.Address.Label, cookie.Label, Stop);
        Assert.Equal(TestSite.HashOf(1_000_000), await Curl.HashAsync(Socks, $"http://{service.Address}/bytes/1000000", Stop));
        Assert.Equal("somebody", await Curl.RunAsync(Socks, Stop, $"http://{service.Address}/who"));
        Assert.Equal("stock", await Curl.RunAsync(Socks, Stop, $"http://{cookie.HostName(service.Address)}/who"));

        await PublishedAsync(service, () => service.Cookies.Revoke("stock"));
        await control.ForgetAsync(Stop);
        refusal = await Assert.ThrowsAsync<CurlException>(() => Curl.RunAsync(Socks, Stop, $"http://{service.Address}/"));
        Assert.Equal(97, refusal.ExitCode);
    });

    [SkippableFact]
    public Task A_stock_client_reads_a_cookie_from_a_file() => JudgeAsync(async () =>
    {
        var service = network.Restricted;
        var client = network.Node("client1");
        network.Expect("It is likely requiring client authorization|Client authorization for requested onion address is invalid");
        await using var control = await StockControl.ConnectAsync(client, Stop);
        using var cookie = await PublishedAsync(service, () => service.Cookies.Issue("file"));
        var file = Path.Combine(client.OnionAuthFolder, "ours.auth_private");
        await File.WriteAllTextAsync(file, cookie.AuthPrivateLine(service.Address) + "\n", Stop);
        try
        {
            await control.SendAsync("SIGNAL RELOAD", Stop);
            await control.ForgetAsync(Stop);
            Assert.Equal(TestSite.HashOf(1_000_000), await Curl.HashAsync(Socks, $"http://{service.Address}/bytes/1000000", Stop));
        }
        finally
        {
            File.Delete(file);
            service.Cookies.Revoke("file");
            await control.SendAsync("SIGNAL RELOAD", Stop);
        }

        await control.ForgetAsync(Stop);
        var refusal = await Assert.ThrowsAsync<CurlException>(() => Curl.RunAsync(Socks, Stop, $"http://{service.Address}/"));
        Assert.Equal(97, refusal.ExitCode);
    });

    [SkippableFact]
    public Task A_dead_introduction_point_is_replaced() => JudgeAsync(async () =>
    {
        await using var control = await StockControl.ConnectAsync(network.Node("client1"), Stop);
        var relays = network.Open.IntroductionRelays().Select(relay => relay.ToString()).ToList();
        var victim = network.Nodes.First(node => node.Nickname.StartsWith("relay", StringComparison.Ordinal) && relays.Contains(node.Fingerprint));
        try
        {
            await PublishedAsync(
                network.Open,
                () => network.RunAsync("stop", victim.Nickname),
                () => network.Open.IntroductionRelays() is { Count: 3 } now && now.All(relay => relay.ToString() != victim.Fingerprint));
            await control.ForgetAsync(Stop);
            Assert.Equal(TestSite.HashOf(1_000_000), await Curl.HashAsync(Socks, Url("bytes/1000000"), Stop));
        }
        finally
        {
            await network.RunAsync("start", victim.Nickname);
        }
    });

    [SkippableFact]
    public Task It_is_reachable_after_the_next_period_and_shared_random_value() => JudgeAsync(
        async () =>
        {
            // Both come every four minutes, two apart; what the other tests took until now counts.
            var first = network.FirstSlots;
            await ChangedAsync(() => network.Slots.Earlier != first.Earlier && network.Slots.Later != first.Later
                && network.Slots.Later.Period.Number > first.Later.Period.Number
                && network.Client.Node.Directory.Current!.SharedRandomCurrent is not null);
            await using var control = await StockControl.ConnectAsync(network.Node("client1"), Stop);
            await control.ForgetAsync(Stop);
            Assert.Equal("hello from an onion", await Curl.RunAsync(Socks, Stop, Url(string.Empty)));
        },
        seconds: 600);

    /// <summary>Does something that makes a service publish again, and waits until directories have both new descriptors.</summary>
    /// <param name="service">The service.</param>
    /// <param name="act">What makes it publish.</param>
    /// <param name="isDone">From when on what it publishes is new; null if it is at once.</param>
    private async Task<T> PublishedAsync<T>(OnionService service, Func<T> act, Func<bool>? isDone = null)
    {
        await RestAsync();
        var published = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var before = service.Snapshot.LastPublished;
        var uploads = new ConcurrentDictionary<DateTimeOffset, byte>();
        void Look(OnionServiceSnapshot now)
        {
            if (now.LastPublished is { } time && time > before && isDone?.Invoke() is not false)
            {
                uploads[time] = 0;
            }

            if (now is { State: OnionServiceState.Reachable, IntroductionPoints: >= 3 } && uploads.Count >= 2)
            {
                published.TrySetResult();
            }
        }

        service.Changed += Look;
        try
        {
            var result = act();
            if (result is Task task)
            {
                await task;
            }

            await published.Task.WaitAsync(Stop);
            return result;
        }
        finally
        {
            service.Changed -= Look;
        }
    }

    /// <summary>Waits for a consensus that moves no descriptor: nothing is published by itself before the next one comes.</summary>
    private async Task RestAsync()
    {
        var (slots, seen) = (network.Slots, network.Client.Node.Directory.Current!.ValidAfter);
        await ChangedAsync(() =>
        {
            var (before, wasSeen) = (slots, seen);
            (slots, seen) = (network.Slots, network.Client.Node.Directory.Current!.ValidAfter);
            return seen > wasSeen && slots == before;
        });
    }

    private async Task ChangedAsync(Func<bool> isReached)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look(Network.Directory.NetworkView view)
        {
            if (isReached())
            {
                reached.TrySetResult();
            }
        }

        network.Client.Node.Directory.Changed += Look;
        if (!isReached())
        {
            await reached.Task.WaitAsync(Stop);
        }

        network.Client.Node.Directory.Changed -= Look;
    }
}
