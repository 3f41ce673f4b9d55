using System.Buffers;
using System.Text;
using OnionHost.Network.Circuits;
using OnionHost.Network.Guards;
using OnionHost.Network.Paths;
using OnionHost.Network.Streams;
using OnionHost.Protocol;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Tests.Paths;

public sealed class CircuitPoolTests : IAsyncLifetime
{
    private static readonly IsolationKey Alice = new("alice");
    private static readonly IsolationKey Bob = new("bob");
    private readonly PoolNetwork _network = new();
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(60));

    private CancellationToken Limit => _limit.Token;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _network.DisposeAsync();
        _limit.Dispose();
    }

    [Fact]
    public async Task A_stream_goes_through_three_relays_and_back()
    {
        await using var stream = await DialAsync("echo", Alice);
        await stream.Output.WriteAsync("hello"u8.ToArray(), Limit);
        var read = await stream.Input.ReadAtLeastAsync(5, Limit);
        Assert.Equal("hello", Encoding.ASCII.GetString(read.Buffer.ToArray()));
        Assert.Equal(3, Enumerable.Range(0, 8).Sum(_network.CircuitsAt));
    }

    [Fact]
    public async Task Streams_share_a_circuit_unless_isolation_forbids()
    {
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => DialAsync("sink", Alice)));
        Assert.Equal(1, _network.CircuitsAtExits);
        await DialAsync("sink", Bob);
        Assert.Equal(2, _network.CircuitsAtExits);
        await DialAsync("sink", Bob);
        await DialAsync("sink", Alice);
        Assert.Equal(2, _network.CircuitsAtExits);
    }

    [Fact]
    public async Task A_circuit_takes_no_new_streams_after_ten_minutes_and_closes_after_its_last()
    {
        _network.Pool.Start();
        var first = await DialAsync("echo", Alice);
        var closed = new TaskCompletionSource();
        await using var registration = first.Closed.Register(closed.SetResult);
        await UntilAsync(() => All() == 6 * 3); // three stubs, two clean circuits, and the used one
        _network.Clock.Advance(TimeSpan.FromMinutes(11));
        var before = _network.CircuitsAtExits;
        await DialAsync("sink", Alice);
        await UntilAsync(() => _network.CircuitsAtExits > before);
        Assert.False(first.Closed.IsCancellationRequested);
        await first.Output.WriteAsync("still there"u8.ToArray(), Limit);
        Assert.Equal(11, (await first.Input.ReadAtLeastAsync(11, Limit)).Buffer.Length);
    }

    [Fact]
    public async Task Circuits_are_built_ahead_for_ports_in_use()
    {
        _network.Pool.Start();
        await UntilAsync(() => _network.CircuitsAtExits >= 2);
        await DialAsync("sink", Alice);
        await UntilAsync(() => _network.CircuitsAtExits >= 3);
    }

    [Fact]
    public async Task A_guard_that_fails_is_replaced()
    {
        _network.Guards.Update(_network.View);
        var guard = _network.Guards.Primary[0].Fingerprint;
        _network.Down[guard] = true;
        await WhileTimePassesAsync(DialAsync("sink", Alice));
        Assert.Contains(_network.Guards.Primary, g => g.Fingerprint == guard);
        Assert.NotEqual(guard, _network.Guards.Choose(_network.View, GuardUse.Circuit, _ => true)!.Fingerprint);
    }

    [Fact]
    public async Task A_stream_refused_for_reasons_of_the_exit_is_tried_at_another_one()
    {
        // "misc" is unknown to the far end, which holds it open; here the first exit refuses everything.
        _network[7].Roles.Streams.Insert(0, new Refuse(EndReason.ExitPolicy));
        for (var i = 0; i < 5; i++)
        {
            await DialAsync("sink", new IsolationKey(i.ToString()));
        }

        _network[6].Roles.Streams.Insert(0, new Refuse(EndReason.ResolveFailed));
        var failure = await Assert.ThrowsAsync<StreamException>(() => DialAsync("sink", Bob));
        Assert.Contains(failure.Reason, new[] { EndReason.ExitPolicy, EndReason.ResolveFailed });
    }

    [Fact]
    public async Task A_refusal_of_the_host_is_final()
    {
        var failure = await Assert.ThrowsAsync<StreamException>(() => DialAsync("refuse", Alice));
        Assert.Equal(EndReason.ConnectRefused, failure.Reason);
        Assert.Equal(1, _network.CircuitsAtExits);
    }

    [Fact]
    public async Task A_circuit_that_died_is_replaced()
    {
        var stream = await DialAsync("sink", Alice);
        _network.Kill(IndexOfGuard());
        await Assert.ThrowsAnyAsync<TorException>(async () => await stream.Input.ReadAsync(Limit));
        await WhileTimePassesAsync(DialAsync("sink", Alice));
    }

    [Theory]
    [InlineData("abc.onion")]
    [InlineData("abc.ONION.")]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("192.168.1.1")]
    [InlineData("::1")]
    public async Task What_an_exit_must_not_see_is_refused(string host)
    {
        await Assert.ThrowsAnyAsync<TorException>(() => DialAsync(host, Alice));
        Assert.Equal(0, _network.CircuitsAtExits);
    }

    [Fact]
    public async Task A_port_that_no_exit_accepts_is_said_so()
    {
        var failure = await Assert.ThrowsAsync<TorException>(() => _network.Pool.DialAsync(new StreamTarget("sink", 25, Alice), Limit));
        Assert.Contains("25", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public async Task Exit_circuits_are_as_long_as_is_wanted(int length)
    {
        await using var network = new PoolNetwork(options: new CircuitPoolOptions { ExitLength = length });
        await using var stream = await network.Pool.DialAsync(new StreamTarget("sink", 80, Alice), Limit);
        Assert.Equal(length, Enumerable.Range(0, 8).Sum(network.CircuitsAt));
    }

    [Fact]
    public async Task Streams_leave_from_the_middle_where_that_is_wanted_and_allowed()
    {
        // Behind the only guard everybody is an exit.
        await using var network = new PoolNetwork(4, new CircuitPoolOptions { LeaveFromMiddle = true }, exits: 3);
        for (var i = 0; i < 40; i++)
        {
            await network.Pool.DialAsync(new StreamTarget("sink", 80, Alice), Limit);
        }

        Assert.Equal(3, Enumerable.Range(0, 4).Sum(network.CircuitsAt));
        var perRelay = Enumerable.Range(1, 3).Where(i => network.CircuitsAt(i) > 0).Select(network.StreamsAt).ToList();
        Assert.Equal(40, perRelay.Sum());
        Assert.All(perRelay, streams => Assert.InRange(streams, 1, 39));
        Assert.Equal(0, network.StreamsAt(0));
    }

    [Fact]
    public async Task A_new_circuit_is_taken_a_minute_after_use_where_that_is_wanted()
    {
        await using var network = new PoolNetwork(options: new CircuitPoolOptions { MaxDirtiness = TimeSpan.FromMinutes(1), FirstPorts = [] });
        Task<TorStream> Dial() => network.Pool.DialAsync(new StreamTarget("sink", 80, Alice), Limit);
        await Dial();
        network.Clock.Advance(TimeSpan.FromSeconds(59));
        await Dial();
        Assert.Equal(1, network.CircuitsAtExits);
        network.Clock.Advance(TimeSpan.FromSeconds(2));
        await Dial();
        Assert.Equal(2, network.CircuitsAtExits);
    }

    [Fact]
    public async Task Onion_circuits_go_through_vanguards()
    {
        _network.Pool.Start();
        await UntilAsync(() => All() == 3 * 3 + 2 * 3);
        var set = _network.Vanguards.Current(_network.View);
        for (var i = 0; i < 8; i++)
        {
            var last = _network[i].Hop;
            await using var circuit = await _network.Pool.BuildAsync(new CircuitRequest { Length = 4, Last = last, IsOnion = true }, Limit);
            Assert.Contains(circuit.Path[1]!.Fingerprint, set);
            Assert.Equal(last.Fingerprint, circuit.Path[3]!.Fingerprint);
        }
    }

    [Fact]
    public async Task A_circuit_for_one_caller_ends_where_it_shall()
    {
        var last = _network[0].Hop;
        await using var circuit = await _network.Pool.BuildAsync(new CircuitRequest { Length = 4, Last = last, Stable = true }, Limit);
        Assert.Equal(4, circuit.Length);
        Assert.Equal(last, circuit.Path[3]);
        Assert.Equal(4, circuit.Path.Select(h => h!.Fingerprint).Distinct().Count());

        var excluded = circuit.Path[1]!.Fingerprint;
        var wanted = new[] { _network[1], _network[2], _network[3] }.Select(r => r.Fingerprint)
            .First(f => f != excluded && f != circuit.Path[0]!.Fingerprint);
        await using var other = await _network.Pool.BuildAsync(
            new CircuitRequest { LastFilter = n => n.Fingerprint == wanted, Exclude = [excluded] }, Limit);
        Assert.Equal(wanted, other.Path[2]!.Fingerprint);
        Assert.DoesNotContain(other.Path, h => h!.Fingerprint == excluded);
    }

    [Fact]
    public async Task Stubs_built_ahead_are_finished_for_a_caller()
    {
        _network.Pool.Start();
        await UntilAsync(() => All() == 3 * 3 + 2 * 3); // three stubs, two exit circuits
        await using var circuit = await _network.Pool.BuildAsync(new CircuitRequest { Length = 4, LastFilter = _ => true }, Limit);
        Assert.Equal(4, circuit.Length);
        Assert.Equal(4, circuit.Path.Select(h => h!.Fingerprint).Distinct().Count());
    }

    [Fact]
    public async Task A_last_hop_that_cannot_be_reached_is_given_up_after_some_tries()
    {
        var nowhere = _network[0].Hop with { Fingerprint = SmallConsensus.Fingerprint(999) };
        var building = _network.Pool.BuildAsync(new CircuitRequest { Length = 4, Last = nowhere }, Limit);
        await Assert.ThrowsAsync<CircuitException>(() => WhileTimePassesAsync(building));
    }

    [Fact]
    public async Task A_cancelled_build_ends_and_blames_nobody()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _network.Pool.BuildAsync(new CircuitRequest(), cancelled.Token));
    }

    private Task<TorStream> DialAsync(string host, IsolationKey isolation) => _network.Pool.DialAsync(new StreamTarget(host, 80, isolation), Limit);

    /// <summary>Lets the pauses between tries pass.</summary>
    private async Task<T> WhileTimePassesAsync<T>(Task<T> work)
    {
        while (!work.IsCompleted)
        {
            _network.Clock.Advance(TimeSpan.FromMilliseconds(20));
            await Task.Delay(1, Limit);
        }

        return await work;
    }

    private int All() => Enumerable.Range(0, 8).Sum(_network.CircuitsAt);

    private int IndexOfGuard()
    {
        var guard = _network.Guards.Choose(_network.View, GuardUse.Circuit, _ => true)!.Fingerprint;
        return Enumerable.Range(0, 8).First(i => _network[i].Fingerprint == guard);
    }

    private async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(5, Limit);
        }
    }

    private sealed class Refuse(EndReason reason) : Network.Relays.IStreamRole
    {
        public bool TryBegin(Network.Relays.RelayCircuit circuit, InboundStream stream)
        {
            stream.Refuse(reason);
            return true;
        }
    }
}
