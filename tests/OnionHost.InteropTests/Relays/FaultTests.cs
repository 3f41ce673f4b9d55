using OnionHost.Network.Circuits;
using OnionHost.Network.Links;
using OnionHost.Network.Streams;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;
using OnionHost.Tests.Shared;

namespace OnionHost.InteropTests;

/// <summary>Peers that stop, die, change or lie: each ends in a clear line of the log, and in recovery without a restart of ours.</summary>
[Collection(FaultNetworkSuite.Name)]
public sealed class FaultTests(FaultNetwork network) : IDisposable
{
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(170));

    private OurRelay Ours => network.Our("ours1");

    public void Dispose() => _limit.Dispose();

    [SkippableFact]
    public Task A_stopped_relay_costs_its_circuits_only() => network.RunTestAsync(async () =>
    {
        var stock = network.Node("relay1");
        var hop = await network.HopAsync(stock.Fingerprint, _limit.Token);
        await using var before = await network.BuildAsync(_limit.Token, FaultNetwork.HopOf(Ours), hop);
        var line = Ours.Logs.NextAsync("could not be extended");
        await stock.SignalAsync("STOP");
        try
        {
            var fault = await Assert.ThrowsAsync<CircuitException>(() => network.BuildAsync(_limit.Token, FaultNetwork.HopOf(Ours), hop));
            Assert.Equal(DestroyReason.Timeout, fault.Reason);
            await line.WaitAsync(_limit.Token);
        }
        finally
        {
            await stock.SignalAsync("CONT");
        }

        Assert.True(before.IsOpen);
        await using var after = await network.BuildAsync(_limit.Token, FaultNetwork.HopOf(Ours), hop);
    });

    [SkippableFact]
    public Task A_stopped_relay_that_is_new_to_us_is_given_up() => network.RunTestAsync(async () =>
    {
        var stock = network.Node("exit1");
        var hop = await network.HopAsync(stock.Fingerprint, _limit.Token);
        var stranger = await OurRelay.ListenAsync(network, "oursalone");
        await using var _ = stranger;
        await stock.SignalAsync("STOP");
        try
        {
            var line = stranger.Logs.NextAsync("did not answer within");
            await Assert.ThrowsAsync<CircuitException>(() => network.BuildAsync(_limit.Token, FaultNetwork.HopOf(stranger), hop));
            await line.WaitAsync(_limit.Token);
        }
        finally
        {
            await stock.SignalAsync("CONT");
        }

        await using var after = await network.BuildAsync(_limit.Token, FaultNetwork.HopOf(stranger), hop);
    });

    [SkippableFact]
    public Task A_killed_relay_closes_its_circuits_and_is_found_again() => network.RunTestAsync(async () =>
    {
        var stock = network.Node("relay2");
        var hop = await network.HopAsync(stock.Fingerprint, _limit.Token);
        await using var circuit = await network.BuildAsync(_limit.Token, FaultNetwork.HopOf(Ours), hop);

        // Which of the two opened the link decides which of its ports the line names.
        var line = Ours.Logs.NextAsync(" closed: ");
        await network.RestartStockAsync("relay2");
        await circuit.Closed.WaitAsync(_limit.Token);
        await line.WaitAsync(_limit.Token);
        await using var after = await network.BuildAsync(_limit.Token, FaultNetwork.HopOf(Ours), hop);
    });

    [SkippableFact]
    public Task A_relay_that_comes_back_with_other_keys_is_not_taken_for_the_old_one() => network.RunTestAsync(async () =>
    {
        var old = await network.HopAsync(network.Node("relay3").Fingerprint, _limit.Token);
        await network.RestartStockAsync("relay3", newKeys: true);
        var line = Ours.Logs.NextAsync("another identity");
        var fault = await Assert.ThrowsAsync<CircuitException>(() => network.BuildAsync(_limit.Token, FaultNetwork.HopOf(Ours), old));
        Assert.Equal(DestroyReason.OrIdentity, fault.Reason);
        await line.WaitAsync(_limit.Token);

        var successor = network.Node("relay3").Fingerprint;
        Assert.NotEqual(old.Fingerprint, RelayFingerprint.Parse(successor));
        await using var after = await network.BuildAsync(_limit.Token, FaultNetwork.HopOf(Ours), await network.HopAsync(successor, _limit.Token));
    });

    [SkippableFact]
    public Task Stock_relays_find_our_relay_again_after_it_came_back_with_other_keys() => network.RunTestAsync(async () =>
    {
        var stock = network.Node("relay1");
        var first = await network.HopAsync(stock.Fingerprint, _limit.Token);
        var old = FaultNetwork.HopOf(network.Our("ours3"));
        var successor = await network.RestartAsync(network.Our("ours3"), newKeys: true);
        var from = StockLogs.Length(stock);
        await Assert.ThrowsAsync<CircuitException>(() => network.BuildAsync(_limit.Token, first, old));
        await StockLogs.WaitAsync(stock, "identity keys were not as expected", from, _limit.Token);
        await using var after = await network.BuildAsync(_limit.Token, first, await network.HopAsync(successor.Fingerprint, _limit.Token));
    });

    [SkippableFact]
    public Task A_link_cut_in_the_middle_of_a_cell_is_made_again() => network.RunTestAsync(async () =>
    {
        var line = network.Our("ours2").Logs.NextAsync(" closed: ");
        network.Proxy.CutAfter(1_500_000);
        await Assert.ThrowsAsync<InvalidOperationException>(() => network.RunAsync("path", "--via", "relay1,ours2,exit1", "--bytes", "5000000"));
        await network.Proxy.Cut.WaitAsync(_limit.Token);
        await line.WaitAsync(_limit.Token);
        await network.RunAsync("path", "--via", "relay1,ours2,exit1", "--bytes", "2000000");
    });

    [SkippableTheory]
    [InlineData("exit1")]
    [InlineData("oursexit1")]
    public Task Exits_of_both_kinds_refuse_the_same(string name) => network.RunTestAsync(async () =>
    {
        var exit = await network.HopAsync(network.FingerprintOf(name), _limit.Token);
        var target = new BeginMessage("127.0.0.1", (ushort)network.Http.Port, 0);
        await using var direct = await network.BuildAsync(_limit.Token, exit);
        Assert.Equal(EndReason.TorProtocol, (await Assert.ThrowsAsync<StreamException>(() => direct.LastHop.OpenAsync(target, _limit.Token))).Reason);

        await using var circuit = await network.BuildAsync(_limit.Token, FaultNetwork.HopOf(Ours), exit);
        var back = new BeginMessage("127.0.0.1", (ushort)network.Node("relay1").OrPort.Port, 0);
        Assert.Equal(EndReason.ConnectRefused, (await Assert.ThrowsAsync<StreamException>(() => circuit.LastHop.OpenAsync(back, _limit.Token))).Reason);
        await using var stream = await circuit.LastHop.OpenAsync(target, _limit.Token);
    });

    [SkippableFact]
    public Task A_clock_that_is_two_days_off_is_named_and_heals_when_it_is_set() =>
        network.RunTestAsync(() => Task.WhenAll(SetClockAsync("oursfast", 2), SetClockAsync("oursslow", -2)));

    private async Task SetClockAsync(string name, int days)
    {
        var clock = new ShiftedTimeProvider(TimeProvider.System) { Offset = TimeSpan.FromDays(days) };
        await using var relay = await OurRelay.ListenAsync(network, name, time: clock);
        var hop = await network.HopAsync(network.Node("exit2").Fingerprint, _limit.Token);

        // NETINFO tells the time. Stock's link certificates live for two days: to a clock that is ahead they may have expired.
        var skew = Task.WhenAny(relay.Logs.NextAsync("agree that their clocks are"), relay.Logs.NextAsync("a certificate is not valid at"));
        foreach (var other in new[] { "exit2", "relay1" })
        {
            try
            {
                await relay.Server.Relay.Links.GetAsync((await network.HopAsync(network.FingerprintOf(other), _limit.Token)).ToLinkTarget(), _limit.Token);
            }
            catch (LinkException)
            {
                Assert.True(days > 0);
            }
        }

        await skew.WaitAsync(_limit.Token);
        var refused = relay.Logs.NextAsync("refused this relay's descriptor");
        relay.Join(network);
        await refused.WaitAsync(_limit.Token);

        clock.Offset = TimeSpan.Zero;
        await network.RunAsync("status", "--wait", "90", "--relay", relay.Fingerprint);
        await using var circuit = await network.BuildAsync(_limit.Token, FaultNetwork.HopOf(relay), hop);
    }
}
