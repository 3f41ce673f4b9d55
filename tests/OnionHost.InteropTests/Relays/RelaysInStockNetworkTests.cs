using System.Net.Sockets;
using System.Text.Json;
using OnionHost.Network.Links;

namespace OnionHost.InteropTests;

/// <summary>Our relays in a network of stock authorities, relays and clients, in every role that carries exit traffic.</summary>
[Collection(MixedNetworkSuite.Name)]
public sealed class RelaysInStockNetworkTests(MixedNetwork network)
{
    private static readonly string[] AllFlags = ["Running", "Valid", "Fast", "Stable", "V2Dir", "HSDir", "Guard"];

    private IEnumerable<Link> Links => network.Ours.SelectMany(relay => relay.Server.Relay.Links.Links);

    [SkippableFact]
    public Task Stock_authorities_give_them_every_flag() => network.RunTestAsync(async () =>
    {
        var status = JsonDocument.Parse(await network.RunAsync("status", "--json")).RootElement;
        var relays = status.GetProperty("consensus").GetProperty("relays").EnumerateArray().ToDictionary(
            relay => relay.GetProperty("fingerprint").GetString()!,
            relay => relay.GetProperty("flags").EnumerateArray().Select(f => f.GetString()!).ToHashSet());
        foreach (var relay in network.Ours)
        {
            var wanted = relay.Nickname.Contains("exit", StringComparison.Ordinal) ? AllFlags.Append("Exit") : AllFlags;
            Assert.Equal(wanted.Order(), relays[relay.Fingerprint].Order());
        }

        Assert.Empty(network.Complaints);
    });

    [SkippableFact]
    public Task Stock_authorities_list_the_IPv6_address() => network.RunTestAsync(async () =>
    {
        Skip.IfNot(Socket.OSSupportsIPv6, "This machine has no IPv6.");
        var ours = network.Our("ours2").Server.Relay;
        var consensus = await network.RunAsync("get", "/tor/status-vote/current/consensus");
        Assert.Contains($"\na {Assert.Single(ours.Describe().Descriptor.ExtraAddresses)}\n", consensus, StringComparison.Ordinal);
    });

    [SkippableFact]
    public Task Stock_clients_learn_of_families() => network.RunTestAsync(async () =>
    {
        var micro = await network.ControlAsync("client1", "GETINFO", "md/id/" + network.Our("ours3").Fingerprint);
        Assert.Contains($"family-ids ed25519:{network.FamilyKey.Public}", micro, StringComparison.Ordinal);
        Assert.Contains("family $" + network.Our("ours3").Fingerprint + " ours3 ours4", micro, StringComparison.Ordinal);
    });

    [SkippableFact]
    public Task Quiet_links_are_padded_as_stock_clients_wish() => network.RunTestAsync(async () =>
    {
        // service2 and client2 enter the network at our relays only. The service takes the usual padding, the client wants none.
        await EventuallyAsync(() => Links.Any(link => link.Padding.Sent > 0));
        await EventuallyAsync(() => Links.Any(link => link.Padding.IsRefused));
        Assert.All(Links.Where(link => link.Peer.IsAuthenticated), link => Assert.Equal(0, link.Padding.Sent));
        Assert.Empty(network.Complaints);
    });

    [SkippableFact]
    public Task Links_between_relays_are_canonical_and_used_again() => network.RunTestAsync(async () =>
    {
        for (var i = 0; i < 3; i++)
        {
            await network.RunAsync("path", "--via", "relay1,ours1,exit1");
            await network.RunAsync("path", "--via", "ours1,relay1,oursexit1");
        }

        var links = network.Our("ours1").Server.Relay.Links.Links.Where(link => link.Peer.IsAuthenticated).ToList();
        Assert.All(links, link => Assert.True(link.Peer.IsCanonical));

        // Two, if both opened one at the same moment.
        Assert.All(links.GroupBy(link => link.Peer.Fingerprint), group => Assert.InRange(group.Count(), 1, 2));
    });

    [SkippableFact]
    public Task A_stock_client_is_told_why_an_exit_of_ours_could_not_connect() => network.RunTestAsync(async () =>
    {
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(
            () => network.RunAsync("path", "--via", "relay1,ours1,oursexit1", "--host", "127.0.0.1", "--port", "9"));
        Assert.Contains("CONNECTREFUSED", fault.Message, StringComparison.Ordinal);
    });

    [SkippableTheory]
    [InlineData("ours1,relay1,exit1")]
    [InlineData("relay1,ours1,exit1")]
    [InlineData("relay1,relay2,oursexit1")]
    [InlineData("ours1,ours2,exit1")]
    [InlineData("relay1,ours3,oursexit2")]
    [InlineData("ours4,relay2,oursexit1")]
    public Task A_stock_client_fetches_through(string path) => network.RunTestAsync(async () =>
    {
        await network.RunAsync("path", "--via", path, "--bytes", "2000000");
        Assert.Empty(network.Complaints);
    });

    [SkippableFact]
    public Task A_stock_client_fetches_100_MB_through_our_relays_only() => network.RunTestAsync(async () =>
    {
        await network.RunAsync("path", "--via", "ours1,ours2,oursexit1", "--bytes", "100000000");
        Assert.Empty(network.Complaints);
    });

    private static async Task EventuallyAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        while (!condition())
        {
            await Task.Delay(100, limit.Token);
        }
    }
}
