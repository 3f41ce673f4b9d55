using System.Net;
using OnionHost.Cli.Nodes;
using OnionHost.Cli.Settings;
using OnionHost.Network;
using OnionHost.Network.Links.Floods;
using OnionHost.Network.Networks;
using OnionHost.Network.Relays;
using OnionHost.Protocol.Identities;
using OnionHost.Rendezvous;

namespace OnionHost.Cli.Tests.Settings;

/// <summary>What the options of limits, circuits and padding make of a relay and of a client.</summary>
public sealed class LimitOptionTests
{
    private static readonly RelayOptions Relay = new(Nickname.Parse("relay"), new IPEndPoint(IPAddress.Loopback, 0));
    private static readonly TorClientOptions Client = new() { Authorities = [.. NetworkDescription.ReadPublic().Authorities.Take(1)] };

    [Fact]
    public void A_relay_without_options_has_the_usual_limits()
    {
        var relay = RelayLimits.Read(Given()).ApplyTo(Relay);
        Assert.Equal(Relay, relay);
        Assert.Equal(FloodLimits.Default, relay.Floods.Over(FloodLimits.Default));
    }

    [Fact]
    public void Every_limit_of_a_relay_arrives()
    {
        var settings = Given(
            ("bandwidth-rate", "5MB"), ("bandwidth-burst", "10MB"), ("link-bandwidth-rate", "1MB"), ("link-bandwidth-burst", "2MB"), ("max-memory", "64MB"), ("max-waiting-handshakes", "100"));
        var relay = RelayLimits.Read(settings).ApplyTo(Relay);
        Assert.Empty(settings.Faults);
        Assert.Empty(relay.Faults());
        Assert.Equal((5L << 20, 10L << 20), (relay.BandwidthRate, relay.BandwidthBurst));
        Assert.Equal((1L << 20, 2L << 20), (relay.LinkBandwidthRate, relay.LinkBandwidthBurst));
        Assert.Equal((64L << 20, 100), (relay.MaxMemoryInQueues, relay.MaxWaitingHandshakes));
    }

    [Fact]
    public void Flood_limits_that_are_given_are_on_and_others_stay_the_networks()
    {
        var settings = Given(
            ("client-circuit-rate", "7"), ("client-circuit-burst", "70"), ("client-connections", "8"), ("client-connection-rate", "90"), ("circuit-stream-rate", "9"));
        var limits = RelayLimits.Read(settings).Floods.Over(FloodLimits.Default with { StreamBurst = 4 });
        Assert.Empty(settings.Faults);
        Assert.Equal((true, 7, 70), (limits.LimitsCircuits, limits.CircuitRate, limits.CircuitBurst));
        Assert.Equal((true, 8, 90, 90), (limits.LimitsConnections, limits.MaxConnections, limits.ConnectRate, limits.ConnectBurst));
        Assert.Equal((true, 9, 9), (limits.LimitsStreams, limits.StreamRate, limits.StreamBurst));
        Assert.False(RelayLimits.Read(Given(("client-circuit-burst", "5"))).Floods.Over(FloodLimits.Default).LimitsStreams);
    }

    [Fact]
    public void Every_wish_of_a_client_arrives()
    {
        var settings = Given(
            ("circuit-length", "5"), ("leave-from-middle", "true"), ("new-circuit-after", "1m"), ("padding", "2s"), ("bandwidth-rate", "1MB"));
        using var client = new Disposer(new TorClient(ClientTuning.Read(settings).ApplyTo(Client)));
        Assert.Empty(settings.Faults);
        var options = client.Value.Options;
        Assert.Equal((5, true, TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(2)), (options.CircuitLength, options.LeaveFromMiddle, options.NewCircuitAfter, options.LongRangePadding));
        Assert.NotNull(client.Value.Node.Links.Traffic.PaceOfLink());
        Assert.Equal(Client, ClientTuning.Read(Given()).ApplyTo(Client));
    }

    [Fact]
    public async Task Wrong_limits_are_told_together()
    {
        var run = await ToolRun.Of(
            "relay --network tor --address 192.0.2.1 --link-bandwidth-rate 1KB --max-memory 1MB --max-waiting-handshakes 0 --client-circuit-rate x "
            + "--client-connection-rate 9 --client-connection-burst 3 --circuit-stream-burst -1");
        Assert.Equal(ExitCode.WrongOptions, run.Code);
        foreach (var option in new[] { "--link-bandwidth-rate", "--max-memory", "--max-waiting-handshakes", "--client-circuit-rate", "--client-connection-burst", "--circuit-stream-burst" })
        {
            Assert.Contains($"onionhost: {option}: ", run.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("--circuit-length 2", "--circuit-length: 2 is too few: one relay could know both")]
    [InlineData("--circuit-length 9", "--circuit-length: 9 is too many")]
    [InlineData("--padding 1ms", "--padding: '1ms' is out of range")]
    [InlineData("--new-circuit-after 1s", "--new-circuit-after: '1s' is out of range")]
    [InlineData("--bandwidth-rate 1KB", "--bandwidth-rate: 1024 is out of range")]
    public async Task Wrong_wishes_of_a_client_are_told(string options, string expected)
    {
        var run = await ToolRun.Of($"client --network tor {options}");
        Assert.Equal(ExitCode.WrongOptions, run.Code);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_library_refuses_what_the_tool_refuses()
    {
        var fault = Assert.Throws<Protocol.TorException>(() => new TorClient(
            Client with { CircuitLength = 2, NewCircuitAfter = TimeSpan.Zero, LongRangePadding = TimeSpan.Zero, BandwidthRate = 1, BandwidthBurst = 0 }));
        foreach (var option in new[] { "CircuitLength", "NewCircuitAfter", "LongRangePadding", "BandwidthRate" })
        {
            Assert.Contains(option, fault.Message, StringComparison.Ordinal);
        }
    }

    private static ToolSettings Given(params (string Option, string Value)[] options) => new(
        [new EnvironmentSource(options.ToDictionary(option => "ONIONHOST_" + option.Option.Replace('-', '_').ToUpperInvariant(), option => option.Value))], []);

    private sealed class Disposer(TorClient client) : IDisposable
    {
        public TorClient Value => client;

        public void Dispose() => client.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
