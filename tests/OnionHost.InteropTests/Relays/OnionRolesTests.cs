namespace OnionHost.InteropTests;

/// <summary>Our relays as HSDirs, introduction points and rendezvous points of a stock client and a stock service.</summary>
[Collection(MixedNetworkSuite.Name)]
public sealed class OnionRolesTests(MixedNetwork network) : IDisposable
{
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(180));

    public void Dispose() => _limit.Dispose();

    [SkippableFact]
    public Task A_stock_service_is_stored_introduced_and_met_at_our_relays() => network.RunTestAsync(async () =>
    {
        var address = network.OnionServiceOf("service2");
        await using var client = await StockControl.ConnectAsync(network.Node("client2"), _limit.Token);
        await client.SendAsync("SETEVENTS HS_DESC", _limit.Token);

        await network.RunAsync("check", "--client", "client2", "--no-exit", "--onion", address, "--bytes", "5000000");

        // HS_DESC RECEIVED <address> <auth type> <HSDir> ...
        var received = await client.NextEventAsync(e => e.StartsWith("HS_DESC RECEIVED " + address[..56], StringComparison.Ordinal), _limit.Token);
        Assert.Contains("~ours", received, StringComparison.Ordinal);
        var met = (await client.CircuitsAsync(_limit.Token)).Where(c => c.Is("HS_CLIENT_REND", "HSCR_JOINED")).ToList();
        Assert.NotEmpty(met);
        Assert.All(met, circuit => Assert.All(circuit.Path, hop => Assert.StartsWith("ours", hop, StringComparison.Ordinal)));

        await using var service = await StockControl.ConnectAsync(network.Node("service2"), _limit.Token);
        var introductions = (await service.CircuitsAsync(_limit.Token)).Where(c => c.Is("HS_SERVICE_INTRO", "HSSI_ESTABLISHED")).ToList();
        Assert.NotEmpty(introductions);
        Assert.All(introductions, circuit => Assert.StartsWith("ours", circuit.Path[^1], StringComparison.Ordinal));
        Assert.True(network.Ours.Sum(relay => relay.Server.Introductions.Count) >= introductions.Count);
        Assert.True(network.Ours.Sum(relay => relay.Server.Introductions.LimitedCount) >= introductions.Count);
        Assert.Contains(network.Ours, relay => relay.Server.Descriptors!.Count > 0);
        Assert.Empty(network.Complaints);
    });

    [SkippableFact]
    public Task A_stock_service_and_client_without_preferences_use_both_kinds() => network.RunTestAsync(async () =>
    {
        await network.RunAsync("check", "--client", "client1");
        Assert.Empty(network.Complaints);
    });
}
