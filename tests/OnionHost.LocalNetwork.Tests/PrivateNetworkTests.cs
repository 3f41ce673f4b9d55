using System.Net;
using OnionHost.Protocol;
using OnionHost.Protocol.Directory;
using OnionHost.Rendezvous;

namespace OnionHost.LocalNetwork.Tests;

/// <summary>The embedded network comes up whole, and says what is wrong with its options.</summary>
public sealed class PrivateNetworkTests : IDisposable
{
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromMinutes(2));

    public static TheoryData<PrivateNetworkOptions, string> WrongOptions => new()
    {
        { new PrivateNetworkOptions { Authorities = 0 }, "authorities" },
        { new PrivateNetworkOptions { Relays = 2 }, "relays" },
        { new PrivateNetworkOptions { Exits = 7 }, "exits" },
        { new PrivateNetworkOptions { VotingInterval = TimeSpan.FromSeconds(9) }, "interval" },
        { new PrivateNetworkOptions { ListenAddress = IPAddress.Any }, "loopback" },
    };

    [Theory]
    [MemberData(nameof(WrongOptions))]
    public async Task A_wrong_option_is_named(PrivateNetworkOptions options, string word)
    {
        var fault = await Assert.ThrowsAsync<TorException>(() => PrivateNetwork.StartAsync(options, _limit.Token));

        Assert.Equal(TorErrorKind.Local, fault.Kind);
        Assert.Contains(word, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_node_is_in_a_consensus_that_all_authorities_signed()
    {
        await using var network = await PrivateNetwork.StartAsync(new PrivateNetworkOptions { Relays = 4, Exits = 1 }, _limit.Token);
        await using var client = new TorClient(network.CreateClientOptions());
        await client.StartAsync(_limit.Token);
        await client.WaitUntilReadyAsync(_limit.Token);

        var view = client.Node.Directory.Current!;

        Assert.Equal(network.Nodes.Select(node => node.Fingerprint).Order(), view.Consensus.Relays.Select(relay => relay.Fingerprint).Order());
        Assert.Equal(network.Authorities.Count, view.Consensus.Signatures.Select(signature => signature.Identity).Distinct().Count());
        Assert.All(view.Consensus.Relays, relay => Assert.True(relay.Flags.HasFlag(RelayFlags.Running | RelayFlags.Valid)));
    }

    [Fact]
    public async Task Exits_reach_loopback_only()
    {
        await using var network = await PrivateNetwork.StartAsync(new PrivateNetworkOptions(), _limit.Token);
        await using var client = new TorClient(network.CreateClientOptions());
        await client.StartAsync(_limit.Token);
        await client.WaitUntilReadyAsync(_limit.Token);

        await Assert.ThrowsAnyAsync<TorException>(() => client.ConnectAsync("192.0.2.1", 80, null, _limit.Token));
        await Assert.ThrowsAnyAsync<TorException>(() => client.ConnectAsync("example.com", 80, null, _limit.Token));
    }

    public void Dispose() => _limit.Dispose();
}
