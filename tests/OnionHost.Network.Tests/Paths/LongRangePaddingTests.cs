using OnionHost.Network.Paths;
using OnionHost.Network.Relays;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Tests.Paths;

/// <summary>Cells that look like data as far as the last relay, which throws them away.</summary>
public sealed class LongRangePaddingTests : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(60));

    public void Dispose() => _limit.Dispose();

    [Fact]
    public async Task Circuits_in_use_are_padded_to_their_last_relay_and_others_are_not()
    {
        await using var network = new PoolNetwork(options: new CircuitPoolOptions { LongRangePadding = Pause, FirstPorts = [], OnionStubs = 0 });
        await using var stream = await network.Pool.DialAsync(new StreamTarget("echo", 80, IsolationKey.None), _limit.Token);
        var last = Circuits(network).Single(circuit => circuit.Edge.OpenStreams == 1);
        var padding = CountAll(network);
        network.Pool.Start();
        while (padding.GetValueOrDefault(last) < 20)
        {
            network.Clock.Advance(Pause);
            await Task.Delay(1, _limit.Token);
        }

        Assert.All(padding, entry => Assert.Same(last, entry.Key));
        await stream.Output.WriteAsync("hello"u8.ToArray(), _limit.Token);
        Assert.Equal(5, (await stream.Input.ReadAtLeastAsync(5, _limit.Token)).Buffer.Length);
    }

    [Fact]
    public async Task Circuits_for_one_caller_are_padded_until_they_close()
    {
        await using var network = new PoolNetwork(options: new CircuitPoolOptions { LongRangePadding = Pause, FirstPorts = [], OnionStubs = 0 });
        await using var circuit = await network.Pool.BuildAsync(new CircuitRequest { Last = network[0].Hop }, _limit.Token);
        var last = Circuits(network).Single(at => network[0].Circuits.Contains(at));
        var padding = CountAll(network);
        network.Pool.Start();
        while (padding.GetValueOrDefault(last) < 5)
        {
            network.Clock.Advance(Pause);
            await Task.Delay(1, _limit.Token);
        }

        Assert.All(padding, entry => Assert.Same(last, entry.Key));
    }

    private static IEnumerable<RelayCircuit> Circuits(PoolNetwork network) => Enumerable.Range(0, 8).SelectMany(i => network[i].Circuits);

    private static System.Collections.Concurrent.ConcurrentDictionary<RelayCircuit, int> CountAll(PoolNetwork network)
    {
        var counts = new System.Collections.Concurrent.ConcurrentDictionary<RelayCircuit, int>();
        foreach (var circuit in Circuits(network))
        {
            circuit.Edge.Handle(RelayCommand.Drop, (_, _) => counts.AddOrUpdate(circuit, 1, static (_, count) => count + 1));
        }

        return counts;
    }
}
