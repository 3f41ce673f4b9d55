using Microsoft.Extensions.Logging.Abstractions;
using OnionHost.Network.Circuits;
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

    /// <summary>A circuit of the client through these relays.</summary>
    public async Task<ClientCircuit> BuildAsync(int[] path)
    {
        using var limit = new CancellationTokenSource(Soon);
        ClientLink = Connect(null, this[path[0]]);
        var circuit = await ClientCircuit.CreateAsync(Context, ClientLink, this[path[0]].Hop, limit.Token);
        foreach (var hop in path[1..])
        {
            await circuit.ExtendAsync(this[hop].Hop, limit.Token);
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
