using System.Net;
using OnionHost.Network.Links.Floods;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests.Links.Floods;

public sealed class FloodGuardTests
{
    private static readonly IPAddress Client = IPAddress.Parse("192.0.2.7");
    private static readonly IPAddress Other = IPAddress.Parse("192.0.2.8");

    private readonly ManualTimeProvider _clock = new();
    private readonly FloodGuard _guard;

    public FloodGuardTests()
    {
        _guard = new FloodGuard(
            new NodeContext(_clock, SystemRandomSource.Instance, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance), maxHalfOpen: 400);
    }

    [Fact]
    public void Nothing_is_limited_unless_the_consensus_says_so()
    {
        Assert.Equal(
            new FloodLimits
            {
                LimitsCircuits = false,
                CircuitMinConnections = 3,
                CircuitRate = 3,
                CircuitBurst = 90,
                RefusesCircuits = true,
                CircuitDefence = TimeSpan.FromHours(1),
                MaxFullQueues = 3,
                LimitsConnections = false,
                MaxConnections = 100,
                ConnectRate = 20,
                ConnectBurst = 40,
                ClosesConnections = true,
                ConnectDefence = TimeSpan.FromDays(1),
                LimitsStreams = false,
                StreamRate = 100,
                StreamBurst = 300,
                StreamDefence = StreamDefence.RefuseStream,
            },
            FloodLimits.Default);
        var limits = FloodLimits.From(NetworkParameters.Parse(
            ["DoSCircuitCreationBurst=20", "DoSCircuitCreationDefenseTimePeriod=600", "DoSCircuitCreationEnabled=1", "DoSConnectionEnabled=1", "DoSStreamCreationEnabled=0"]));
        Assert.Equal(
            FloodLimits.Default with { LimitsCircuits = true, CircuitBurst = 20, CircuitDefence = TimeSpan.FromMinutes(10), LimitsConnections = true }, limits);
        Assert.Equal(500, Enumerable.Range(0, 500).Count(_ => _guard.TryCreate(Client)));
    }

    [Fact]
    public void An_address_that_makes_too_many_circuits_is_marked_for_a_while()
    {
        _guard.Limits = FloodLimits.Default with { LimitsCircuits = true, CircuitMinConnections = 2, CircuitBurst = 10, CircuitRate = 1 };
        Open(Client);
        Assert.Equal(30, Enumerable.Range(0, 30).Count(_ => _guard.TryCreate(Client)));
        Open(Client);
        Assert.False(_guard.TryCreate(Client));
        Open(Other);
        Open(Other);
        Assert.Equal(10, Enumerable.Range(0, 10).Count(_ => _guard.TryCreate(Other)));

        _clock.Advance(TimeSpan.FromMinutes(59));
        Assert.False(_guard.TryCreate(Client));
        Assert.Equal(2, _guard.RefusedCircuits);
        _clock.Advance(TimeSpan.FromMinutes(32));
        Assert.True(_guard.TryCreate(Client));
    }

    [Fact]
    public void Full_queues_mark_an_address_too()
    {
        _guard.Limits = FloodLimits.Default with { LimitsCircuits = true };
        Open(Client);
        _guard.OnQueueFull(Client);
        _guard.OnQueueFull(Client);
        Assert.True(_guard.TryCreate(Client));
        _guard.OnQueueFull(Client);
        Assert.False(_guard.TryCreate(Client));
    }

    [Fact]
    public void Connections_are_limited_in_number_and_rate()
    {
        _guard.Limits = FloodLimits.Default with { LimitsConnections = true, MaxConnections = 5, ConnectRate = 1, ConnectBurst = 7 };
        for (var i = 0; i < 5; i++)
        {
            Assert.NotNull(_guard.TryAdmit(Client));
        }

        Assert.Null(_guard.TryAdmit(Client));
        Assert.NotNull(_guard.TryAdmit(Other));
        Assert.Null(_guard.TryAdmit(Client));
        Assert.Null(_guard.TryAdmit(Client));
        _clock.Advance(TimeSpan.FromHours(23));
        Assert.Null(_guard.TryAdmit(Client));
        Assert.Equal(4, _guard.RefusedConnections);
    }

    [Fact]
    public void One_address_gets_a_part_of_the_handshakes()
    {
        var admitted = Enumerable.Range(0, 400).Select(_ => _guard.TryAdmit(Client)).OfType<Admission>().ToList();
        Assert.Equal(100, admitted.Count);
        admitted[0].Failed();
        Assert.NotNull(_guard.TryAdmit(Client));
        Assert.Equal(400, Enumerable.Range(0, 400).Count(_ => _guard.TryAdmit(IPAddress.Loopback) is not null));
    }

    [Fact]
    public void Relays_of_the_network_are_exempt()
    {
        _guard.Limits = FloodLimits.Default with
        {
            LimitsCircuits = true, CircuitMinConnections = 1, CircuitBurst = 1, LimitsConnections = true, MaxConnections = 1,
        };
        _guard.Exempt([IPAddress.Loopback, IPAddress.Parse("2001:db8::7")]);
        foreach (var address in new[] { "127.0.0.1", "::ffff:127.0.0.1", "2001:db8::99" })
        {
            Assert.Equal(50, Enumerable.Range(0, 50).Count(_ => _guard.TryAdmit(IPAddress.Parse(address)) is not null));
            Assert.Equal(50, Enumerable.Range(0, 50).Count(_ => _guard.TryCreate(IPAddress.Parse(address))));
        }
    }

    [Fact]
    public void A_client_counts_by_its_network_and_is_forgotten_when_it_has_nothing_open()
    {
        _guard.Limits = FloodLimits.Default with { LimitsConnections = true, MaxConnections = 2 };
        var first = _guard.TryAdmit(IPAddress.Parse("2001:db8:1:2::1"))!;
        var second = _guard.TryAdmit(IPAddress.Parse("2001:db8:1:2:ffff::2"))!;
        Assert.Null(_guard.TryAdmit(IPAddress.Parse("2001:db8:1:2::3")));
        Assert.NotNull(_guard.TryAdmit(IPAddress.Parse("2001:db8:1:3::3")));
        first.Failed();
        second.Failed();
        _guard.KeepUp();
        Assert.Equal(2, _guard.Watched);
        _clock.Advance(TimeSpan.FromSeconds(10));
        _guard.KeepUp();
        Assert.Equal(1, _guard.Watched);
    }

    private void Open(IPAddress address) => Assert.NotNull(_guard.TryAdmit(address));
}
