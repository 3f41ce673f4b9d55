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
public sealed class FaultTests(FaultNetwork network) : JudgedTest(network)
{
    private const int Seconds = 170;

    private OurRelay Ours => network.Our("ours1");

    [SkippableFact]
    public Task A_stopped_relay_costs_its_circuits_only() => JudgeAsync(async () =>
    {
        var stock = network.Node("relay1");
        var hop = await network.HopAsync(stock.Fingerprint, Stop);
        await using var before = await network.BuildAsync(Stop, FaultNetwork.HopOf(Ours), hop);
        var line = Ours.Logs.NextAsync("could not be extended");
        await stock.SignalAsync("STOP");
        try
        {
            var fault = await Assert.ThrowsAsync<CircuitException>(() => network.BuildAsync(Stop, FaultNetwork.HopOf(Ours), hop));
            Assert.Equal(DestroyReason.Timeout, fault.Reason);
            await line.WaitAsync(Stop);
        }
        finally
        {
            await stock.SignalAsync("CONT");
        }

        Assert.True(before.IsOpen);
        await using var after = await network.BuildAsync(Stop, FaultNetwork.HopOf(Ours), hop);
    }, Seconds);

    [SkippableFact]
    public Task A_stopped_relay_that_is_new_to_us_is_given_up() => JudgeAsync(async () =>
    {
        var stock = network.Node("exit1");
        var hop = await network.HopAsync(stock.Fingerprint, Stop);
        var stranger = await OurRelay.ListenAsync(network, "oursalone");
        await using var _ = stranger;
        await stock.SignalAsync("STOP");
        try
        {
            var line = stranger.Logs.NextAsync("did not answer within");
            await Assert.ThrowsAsync<CircuitException>(() => network.BuildAsync(Stop, FaultNetwork.HopOf(stranger), hop));
            await line.WaitAsync(Stop);
        }
        finally
        {
            await stock.SignalAsync("CONT");
        }

        await using var after = await network.BuildAsync(Stop, FaultNetwork.HopOf(stranger), hop);
    }, Seconds);

    [SkippableFact]
    public Task A_killed_relay_closes_its_circuits_and_is_found_again() => JudgeAsync(async () =>
    {
        var stock = network.Node("relay2");
        var hop = await network.HopAsync(stock.Fingerprint, Stop);
        await using var circuit = await network.BuildAsync(Stop, FaultNetwork.HopOf(Ours), hop);

        // Which of the two opened the link decides which of its ports the line names.
        var line = Ours.Logs.NextAsync(" closed: ");
        await network.RestartStockAsync("relay2");
        await circuit.Closed.WaitAsync(Stop);
        await line.WaitAsync(Stop);
        await using var after = await network.BuildAsync(Stop, FaultNetwork.HopOf(Ours), hop);
    }, Seconds);

    [SkippableFact]
    public Task A_relay_that_comes_back_with_other_keys_is_not_taken_for_the_old_one() => JudgeAsync(async () =>
    {
        var old = await network.HopAsync(network.Node("relay3").Fingerprint, Stop);
        network.ExpectAnother(network.Node("relay3").OrPort);
        await network.RestartStockAsync("relay3", newKeys: true);
        var line = Ours.Logs.NextAsync("another identity");
        var fault = await Assert.ThrowsAsync<CircuitException>(() => network.BuildAsync(Stop, FaultNetwork.HopOf(Ours), old));
        Assert.Equal(DestroyReason.OrIdentity, fault.Reason);
        await line.WaitAsync(Stop);

        var successor = network.Node("relay3").Fingerprint;
        Assert.NotEqual(old.Fingerprint, RelayFingerprint.Parse(successor));
        await using var after = await network.BuildAsync(Stop, FaultNetwork.HopOf(Ours), await network.HopAsync(successor, Stop));
    }, Seconds);

    [SkippableFact]
    public Task Stock_relays_find_our_relay_again_after_it_came_back_with_other_keys() => JudgeAsync(async () =>
    {
        var stock = network.Node("relay1");
        var first = await network.HopAsync(stock.Fingerprint, Stop);
        var old = FaultNetwork.HopOf(network.Our("ours3"));

        // Others may ask the stock relay for the old one before we do, and it tries but once a minute.
        var from = StockLogs.Length(stock);
        network.ExpectAnother(network.Our("ours3").OrPort);
        var successor = await network.RestartAsync(network.Our("ours3"), newKeys: true);
        await Assert.ThrowsAsync<CircuitException>(() => network.BuildAsync(Stop, first, old));
        await StockLogs.WaitAsync(stock, $"router at {successor.OrPort} .*identity keys were not as expected", from, Stop);
        await using var after = await network.BuildAsync(Stop, first, await network.HopAsync(successor.Fingerprint, Stop));
    }, Seconds);

    [SkippableFact]
    public Task A_link_cut_in_the_middle_of_a_cell_is_made_again() => JudgeAsync(async () =>
    {
        // Its link to a client goes through the proxy for certain; one to a relay it may have opened itself.
        var line = network.Our("ours2").Logs.NextAsync(" closed: ");
        network.Proxy.CutAfter(1_500_000);
        await Assert.ThrowsAsync<InvalidOperationException>(() => network.RunAsync("path", "--via", "ours2,relay1,exit1", "--bytes", "5000000"));
        await network.Proxy.Cut.WaitAsync(Stop);
        await line.WaitAsync(Stop);
        await network.RunAsync("path", "--via", "ours2,relay1,exit1", "--bytes", "2000000");
    }, Seconds);

    [SkippableTheory]
    [InlineData("exit1")]
    [InlineData("oursexit1")]
    public Task Exits_of_both_kinds_refuse_the_same(string name) => JudgeAsync(async () =>
    {
        var exit = await network.HopAsync(network.FingerprintOf(name), Stop);
        var target = new BeginMessage("127.0.0.1", (ushort)network.Http.Port, 0);
        network.Expect("to open a stream on first hop of circuit");
        await using var direct = await network.BuildAsync(Stop, exit);
        Assert.Equal(EndReason.TorProtocol, (await Assert.ThrowsAsync<StreamException>(() => direct.LastHop.OpenAsync(target, Stop))).Reason);

        await using var circuit = await network.BuildAsync(Stop, FaultNetwork.HopOf(Ours), exit);
        var back = new BeginMessage("127.0.0.1", (ushort)network.Node("relay1").OrPort.Port, 0);
        Assert.Equal(EndReason.ConnectRefused, (await Assert.ThrowsAsync<StreamException>(() => circuit.LastHop.OpenAsync(back, Stop))).Reason);
        await using var stream = await circuit.LastHop.OpenAsync(target, Stop);
    }, Seconds);

    [SkippableFact]
    public Task A_clock_that_is_two_days_off_is_named_and_heals_when_it_is_set() =>
        JudgeAsync(() => Task.WhenAll(SetClockAsync("oursfast", 2), SetClockAsync("oursslow", -2)), Seconds);

    private async Task SetClockAsync(string name, int days)
    {
        network.Expect($@"Publication time .* is too far \(\d+ minutes\) in the (future|past).*""{name}@");
        var clock = new ShiftedTimeProvider(TimeProvider.System) { Offset = TimeSpan.FromDays(days) };
        var relay = await network.AddAsync(name, clock);
        var hop = await network.HopAsync(network.Node("exit2").Fingerprint, Stop);

        // NETINFO tells the time. Stock's link certificates live for two days: to a clock that is ahead they may have expired.
        var skew = Task.WhenAny(relay.Logs.NextAsync("agree that their clocks are"), relay.Logs.NextAsync("a certificate is not valid at"));
        foreach (var other in new[] { "exit2", "relay1" })
        {
            try
            {
                await relay.Server.Relay.Links.GetAsync((await network.HopAsync(network.FingerprintOf(other), Stop)).ToLinkTarget(), Stop);
            }
            catch (LinkException)
            {
                Assert.True(days > 0);
            }
        }

        await skew.WaitAsync(Stop);
        var refused = relay.Logs.NextAsync("refused this relay's descriptor");
        relay.Join(network);
        await refused.WaitAsync(Stop);

        clock.Offset = TimeSpan.Zero;
        await network.RunAsync("status", "--wait", "90", "--relay", relay.Fingerprint);
        await using var circuit = await network.BuildAsync(Stop, FaultNetwork.HopOf(relay), hop);
    }
}
