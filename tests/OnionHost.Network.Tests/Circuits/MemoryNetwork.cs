using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using OnionHost.Network.Circuits;
using OnionHost.Network.Congestion;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Tests.Circuits;

/// <summary>Relays whose links are queues in memory, and a client.</summary>
internal sealed class MemoryNetwork : IAsyncDisposable
{
    public static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    public MemoryNetwork(int relays = 3, TimeProvider? time = null)
    {
        Context = new NodeContext(time ?? TimeProvider.System, SystemRandomSource.Instance, NullLoggerFactory.Instance);
        for (byte number = 1; number <= relays; number++)
        {
            var relay = new MemoryRelay(this, Context, number);
            Relays.Add(relay.Fingerprint, relay);
        }
    }

    public NodeContext Context { get; }

    public Dictionary<RelayFingerprint, MemoryRelay> Relays { get; } = [];

    public MemoryRelay this[int index] => Relays.Values.ElementAt(index);

    /// <summary>Relays that other relays try to reach, and never do.</summary>
    public ConcurrentDictionary<RelayFingerprint, bool> Silent { get; } = new();

    /// <summary>The client's link to the first relay it used.</summary>
    public MemoryLink ClientLink { get; private set; } = null!;

    public MemoryLink Connect(RelayFingerprint? from, MemoryRelay to)
    {
        var (near, far) = MemoryLink.Pair(from, to.Fingerprint);
        far.Acceptor = to.Acceptor;
        return near;
    }

    /// <summary>A circuit of the client through the first relays.</summary>
    public Task<ClientCircuit> BuildAsync(int hops = 3) => BuildAsync(Enumerable.Range(0, hops).ToArray());

    /// <summary>A circuit of the client through these relays; with <paramref name="congestion"/>, the last is asked for congestion control.</summary>
    public async Task<ClientCircuit> BuildAsync(int[] path, CongestionParameters? congestion = null)
    {
        using var limit = new CancellationTokenSource(Soon);
        ClientLink = Connect(null, this[path[0]]);
        var hops = path.Select((relay, i) => this[relay].Hop with { Congestion = i == path.Length - 1 ? congestion : null }).ToArray();
        var circuit = await ClientCircuit.CreateAsync(Context, ClientLink, hops[0], limit.Token);
        foreach (var hop in hops[1..])
        {
            await circuit.ExtendAsync(hop, limit.Token);
        }

        return circuit;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var relay in Relays.Values)
        {
            await relay.DisposeAsync();
        }
    }
}
