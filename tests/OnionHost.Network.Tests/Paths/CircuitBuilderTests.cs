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

    [Fact]
    public async Task A_relay_that_does_not_answer_is_replaced_and_the_hops_before_it_are_kept()
    {
        var (silent, other) = (_plan.Hops[1], _plan.Hops[2]);
        _relays.Silent[silent.Fingerprint] = true;
        var plan = new PathPlan([_plan.Guard, silent], null)
        {
            Replace = (now, hop) => now.With(hop, other, _view.Find(other.Fingerprint)!),
        };
        var build = Builder(ConnectAsync).BuildAsync(plan, CancellationToken.None);
        await AdvanceWhenSetAsync(TimeSpan.FromSeconds(15));
        var (circuit, used) = await build.WaitAsync(Patience);
        Assert.Equal([_guard, other.Fingerprint], circuit.Path.Select(h => h!.Fingerprint));
        Assert.Equal(other.Fingerprint, used.Last!.Fingerprint);
        Assert.Equal([silent.Fingerprint], used.Replaced);
        Assert.Single(_relays.Relays[_guard].Circuits);
        await circuit.DisposeAsync();
    }

    [Fact]
    public async Task A_late_circuit_is_left_in_time_but_measured_to_its_end_and_the_guard_is_not_blamed()
    {
        var timeout = new BuildTimeout(_relays.Context);
        for (var i = 0; i < 100; i++)
        {
            timeout.Built(TimeSpan.FromSeconds(8), wasLate: false);
        }

        Assert.Equal(TimeSpan.FromSeconds(8), Round(timeout.Current));
        _relays.Silent[_plan.Hops[1].Fingerprint] = true;
        var plan = _plan with { Hops = [.. _plan.Hops.Take(2)], LastIsGiven = true };
        var build = new CircuitBuilder(_relays.Context, ConnectAsync, _guards, timeout).BuildAsync(plan, CancellationToken.None);
        await AdvanceWhenSetAsync(timeout.Current);
        var late = await Assert.ThrowsAsync<CircuitException>(() => build.WaitAsync(Patience));
        Assert.Equal((1, DestroyReason.Timeout), (late.FailedHop, late.Reason));
        Assert.Equal([_plan.Hops[1].Fingerprint], late.FailedRelays);
        Assert.Equal(_guard, Chosen);

        var circuit = _relays.Relays[_guard].Circuits.Single();
        Assert.True(circuit.IsOpen);
        _clock.Advance(timeout.Close);
        await circuit.Closed.WaitAsync(Patience);
    }

    /// <summary>Moves the clock once somebody waits for just that long.</summary>
    private async Task AdvanceWhenSetAsync(TimeSpan time)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (_clock.NextDueOfThoseSetFor(time) is null)
        {
            await Task.Delay(5, limit.Token);
        }

        _clock.Advance(time);
    }

    private static TimeSpan Round(TimeSpan time) => TimeSpan.FromSeconds(Math.Round(time.TotalSeconds));

    private Task<ICircuitLink> ConnectAsync(Network.Links.LinkTarget target, CancellationToken stop) =>
        Task.FromResult<ICircuitLink>(_relays.Connect(null, _relays.Relays[target.Fingerprint!.Value]));

    private static async Task<ICircuitLink> WaitAsync(Network.Links.LinkTarget target, CancellationToken stop)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
        throw new InvalidOperationException("Not reached.");
    }

    private CircuitBuilder Builder(LinkOpener links) => new(_relays.Context, links, _guards, new BuildTimeout(_relays.Context));
}
