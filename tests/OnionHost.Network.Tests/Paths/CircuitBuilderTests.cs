using OnionHost.Network.Circuits;
using OnionHost.Network.Directory;
using OnionHost.Network.Guards;
using OnionHost.Network.Paths;
using OnionHost.Network.Tests.Circuits;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Identities;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests.Paths;

public sealed class CircuitBuilderTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly ManualTimeProvider _clock = new();
    private readonly MemoryNetwork _relays;
    private readonly NetworkView _view;
    private readonly GuardSet _guards;
    private readonly RelayFingerprint _guard;
    private readonly PathPlan _plan;

    public CircuitBuilderTests()
    {
        _relays = new MemoryNetwork(3, _clock);
        _view = SmallConsensus.View(_relays.Relays.Values.Select(relay => SmallConsensus.Relay(relay, isExit: false)), "Wme=0");
        _guards = new GuardSet(_relays.Context, new PathSelector(_relays.Context.Random, new PathRules { EnforceDistinctSubnets = false }), path: null);
        _guard = Chosen;
        _plan = new PathPlan([.. _view.Relays.OrderBy(relay => relay.Fingerprint == _guard ? 0 : 1).Select(relay => relay.ToHop())], null);
    }

    private RelayFingerprint Chosen => _guards.Choose(_view, GuardUse.Circuit, _ => true)!.Fingerprint;

    public ValueTask DisposeAsync() => _relays.DisposeAsync();

    [Fact]
    public async Task A_guard_that_does_not_answer_is_passed_over()
    {
        var build = Builder(WaitAsync).BuildAsync(_plan, CancellationToken.None);
        _clock.Advance(TimeSpan.FromMinutes(1));
        await Assert.ThrowsAsync<CircuitException>(() => build.WaitAsync(Patience));
        Assert.NotEqual(_guard, Chosen);
    }

    [Fact]
    public async Task A_build_that_is_given_up_blames_no_guard()
    {
        using var stop = new CancellationTokenSource();
        var build = Builder(WaitAsync).BuildAsync(_plan, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => build.WaitAsync(Patience));
        Assert.Equal(_guard, Chosen);
    }

    [Fact]
    public async Task A_node_that_stops_blames_no_guard()
    {
        var build = Builder((_, _) => Task.FromCanceled<ICircuitLink>(new CancellationToken(canceled: true))).BuildAsync(_plan, CancellationToken.None);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => build.WaitAsync(Patience));
        Assert.Equal(_guard, Chosen);
    }

    private static async Task<ICircuitLink> WaitAsync(Network.Links.LinkTarget target, CancellationToken stop)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
        throw new InvalidOperationException("Not reached.");
    }

    private CircuitBuilder Builder(LinkOpener links) => new(_relays.Context, links, _guards, new BuildTimeout(_relays.Context));
}
