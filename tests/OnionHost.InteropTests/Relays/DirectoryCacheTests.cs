namespace OnionHost.InteropTests;

/// <summary>Our relay as a directory cache of stock clients.</summary>
[Collection(MixedNetworkSuite.Name)]
public sealed class DirectoryCacheTests(MixedNetwork network)
{
    [SkippableFact]
    public Task A_fresh_stock_client_learns_the_network_from_our_relay_alone() => network.RunTestAsync(async () =>
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        var ours = network.Our("ours1");
        await using var client = await BridgedClient.StartAsync(network, "bridged", ours, limit.Token);
        await client.BootstrapAsync(limit.Token);

        // Our relay has no DirPort: what it served came inside circuits.
        Assert.Null(ours.Server.DirEndPoint);
        var served = client.Served();
        Assert.All(served, document => Assert.Equal(ours.OrPort.ToString(), document.Server));
        Assert.Contains(served, document => document.Kind == "consensus");
        Assert.Contains(served, document => document.Kind == "microdescriptor");
        Assert.Empty(client.Complaints());
        Assert.Empty(network.Complaints);
    });
}
