using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using OnionHost.Network.Authority.Reachability;
using OnionHost.Network.Circuits;
using OnionHost.Network.Directory;
using OnionHost.Network.Relays;
using OnionHost.Network.Tests.Relays;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Cryptography;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests.Authority;

/// <summary>An authority tests real relays by circuits through them; the first relay is the authority's own.</summary>
public sealed class CircuitReachabilityTests : IAsyncLifetime
{
    // Only the tester's time stands still: it moves when a cell was lost, so that nobody runs late because a machine is slow.
    private readonly ManualTimeProvider _clock = new(TimeProvider.System.GetUtcNow());
    private readonly NodeContext _context;
    private RelayNetwork _network = null!;

    public CircuitReachabilityTests()
    {
        _context = new NodeContext(_clock, SystemRandomSource.Instance, NullLoggerFactory.Instance);
    }

    private Relay Own => _network.Relays[0];

    public async Task InitializeAsync()
    {
        var number = 0;
        _network = await RelayNetwork.StartAsync(4, options => options with { AllowPrivateAddresses = ++number < 4 });
        Own.StreamRoles.Add(new DirectoryStreamRole(_network.Context, new DirectoryServer(_network.Context, [])));
    }

    public Task DisposeAsync() => _network.DisposeAsync().AsTask();

    [Theory]
    [InlineData(CellCommand.Create2)]
    [InlineData(CellCommand.Relay)]
    [InlineData(CellCommand.RelayEarly)]
    [InlineData(CellCommand.Relay, CellCommand.RelayEarly)]
    public async Task A_relay_that_loses_cells_loses_Running_and_the_others_keep_it(params CellCommand[] lost)
    {
        var (honest, faulty) = (_network.Relays[1], _network.Relays[2]);
        var acceptor = new FaultyAcceptor((CircuitAcceptor)faulty.Links.Acceptor!, lost);
        faulty.Links.Acceptor = acceptor;
        await using var tester = new CircuitReachabilityTester(_context, new FarEnds(_context, Own.ToHop));
        var table = new ReachabilityTable(_context, new ReachabilityOptions(), tester);
        await TestAsync(table, faulty, ReachabilityDepth.Link);
        Assert.True(IsRunning(table, faulty));

        var loss = acceptor.Lost.WaitAsync();
        for (var round = 0; round < 2; round++)
        {
            await TestAsync(table, honest);
            var test = TestAsync(table, faulty);
            while (await Task.WhenAny(test, loss).WaitAsync(RelayNetwork.Soon) != test)
            {
                _clock.Advance(TimeSpan.FromSeconds(11));
                loss = acceptor.Lost.WaitAsync();
            }

            await test;
            _clock.Advance(TimeSpan.FromMinutes(23));
        }

        Assert.True(IsRunning(table, honest));
        Assert.False(IsRunning(table, faulty));
        Assert.NotNull(table.HistoryOf(honest.Keys.Fingerprint).RunningSince);
    }

    [Fact]
    public async Task A_relay_that_extends_nowhere_does_not_run()
    {
        await using var tester = new CircuitReachabilityTester(_context, new FarEnds(_context, Own.ToHop));

        Assert.True(await tester.TestAsync(_network.Relays[1].Describe().Descriptor, ReachabilityDepth.Circuit, default));
        Assert.False(await tester.TestAsync(_network.Relays[3].Describe().Descriptor, ReachabilityDepth.Circuit, default));
        Assert.True(await tester.TestAsync(_network.Relays[3].Describe().Descriptor, ReachabilityDepth.Link, default));
    }

    [Fact]
    public async Task An_authority_that_others_cannot_reach_tests_relays_through_each_other()
    {
        var own = HopTarget.At(Own.Keys.Fingerprint, Own.Keys.Identity, Own.Keys.NtorKeys.Current.Public, [ClosedPort()]);
        var ends = new FarEnds(_context, () => own);
        await using var tester = new CircuitReachabilityTester(_context, ends);

        // The first has nobody to extend to, and the second has the first.
        Assert.True(await tester.TestAsync(_network.Relays[1].Describe().Descriptor, ReachabilityDepth.Circuit, default));
        Assert.False(ends.WasReached);
        Assert.True(await tester.TestAsync(_network.Relays[2].Describe().Descriptor, ReachabilityDepth.Circuit, default));
        Assert.True(ends.WasReached);
        Assert.False(await tester.TestAsync(_network.Relays[3].Describe().Descriptor, ReachabilityDepth.Circuit, default));
    }

    private static IPEndPoint ClosedPort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }

    private static Task TestAsync(ReachabilityTable table, Relay relay, ReachabilityDepth depth = ReachabilityDepth.Circuit) =>
        table.TestAsync(relay.Describe().Descriptor, depth, default).WaitAsync(RelayNetwork.Soon);

    private static bool IsRunning(ReachabilityTable table, Relay relay) => table.IsRunning(relay.Describe().Descriptor);
}
