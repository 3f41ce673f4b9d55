using System.Collections.Concurrent;
using OnionHost.Network.Circuits;
using OnionHost.Protocol.Cryptography;

namespace OnionHost.Network.Paths;

/// <summary>
/// Sends cells that the last relay of a circuit throws away (RELAY_DROP), at random times over circuits in use: nobody before that
/// relay can tell them from data. Each circuit gets one in <paramref name="pause"/> on average.
/// </summary>
internal sealed class LongRangePadding(NodeContext context, TimeSpan pause, Func<IReadOnlyList<ClientCircuit>> exits)
{
    private readonly ConcurrentDictionary<ClientCircuit, byte> _others = new();

    /// <summary>A circuit for one caller alone is in use from here on, until it closes.</summary>
    public void Follow(ClientCircuit circuit) => _others.TryAdd(circuit, 0);

    /// <summary>Pads until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var circuits = InUse();
            await Task.Delay(pause / Math.Max(1, circuits.Count) * (2 * context.Random.NextDouble()), context.Time, stop);
            if (circuits.Count > 0)
            {
                Pad(context.Random.Pick(circuits));
            }
        }
    }

    private List<ClientCircuit> InUse()
    {
        foreach (var (circuit, _) in _others.Where(entry => !entry.Key.IsOpen))
        {
            _others.TryRemove(circuit, out _);
        }

        return [.. exits(), .. _others.Keys];
    }

    private static void Pad(ClientCircuit circuit)
    {
        // Behind the last relay may be the virtual hop of an onion service, which is not ours to bother.
        var path = circuit.Path;
        var last = path.Count - 1;
        while (last >= 0 && path[last] is null)
        {
            last--;
        }

        if (last > 0 && circuit.IsOpen)
        {
            circuit.Pad(last);
        }
    }
}
