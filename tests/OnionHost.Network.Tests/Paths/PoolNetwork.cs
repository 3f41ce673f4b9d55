using System.Collections.Concurrent;
using System.Net;
using OnionHost.Network.Circuits;
using OnionHost.Network.Directory;
using OnionHost.Network.Guards;
using OnionHost.Network.Links;
using OnionHost.Network.Paths;
using OnionHost.Network.Tests.Circuits;
using OnionHost.Network.Tests.Streams;
using OnionHost.Protocol;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Identities;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests.Paths;

/// <summary>A circuit pool over relays in memory: the last (two) are exits that serve <see cref="EchoRole"/>.</summary>
internal sealed class PoolNetwork : IAsyncDisposable
{
    private readonly MemoryNetwork _relays;
    private readonly ConcurrentDictionary<RelayFingerprint, MemoryLink> _links = new();

    public PoolNetwork(int relays = 8, CircuitPoolOptions? options = null, int exits = 2)
    {
        _relays = new MemoryNetwork(relays, Clock);
        View = SmallConsensus.View(_relays.Relays.Values.Select((r, i) => SmallConsensus.Relay(r, i >= relays - exits)), "Wme=0");
        Selector = new PathSelector(_relays.Context.Random, new PathRules { EnforceDistinctSubnets = false });
        Guards = new GuardSet(_relays.Context, Selector, path: null);
        var builder = new CircuitBuilder(_relays.Context, OpenLinkAsync, Guards, Timeout = new BuildTimeout(_relays.Context));
        Pool = new CircuitPool(_relays.Context, _ => Task.FromResult(View), new PathPlanner(Selector, Guards, Vanguards = new Vanguards(_relays.Context, Selector)), builder, options ?? new CircuitPoolOptions { FirstPorts = [80] });
        for (var i = relays - exits; i < relays; i++)
        {
            _relays[i].Roles.Streams.Add(Exit);
        }
    }

    public ManualTimeProvider Clock { get; } = new();

    public NetworkView View { get; }

    public PathSelector Selector { get; }

    public GuardSet Guards { get; }

    public Vanguards Vanguards { get; }

    public BuildTimeout Timeout { get; }

    public CircuitPool Pool { get; }

    public EchoRole Exit { get; } = new();

    /// <summary>Relays that cannot be reached from the client.</summary>
    public ConcurrentDictionary<RelayFingerprint, bool> Down { get; } = new();

    public MemoryRelay this[int index] => _relays[index];

    /// <summary>Circuits that reached a relay, the client's and those passed on.</summary>
    public int CircuitsAt(int relay)
    {
        lock (_relays[relay].Circuits)
        {
            return _relays[relay].Circuits.Count;
        }
    }

    /// <summary>Streams that are open at a relay.</summary>
    public int StreamsAt(int relay)
    {
        lock (_relays[relay].Circuits)
        {
            return _relays[relay].Circuits.Sum(c => c.Edge.OpenStreams);
        }
    }

    /// <summary>Circuits that reached an exit.</summary>
    public int CircuitsAtExits => CircuitsAt(_relays.Relays.Count - 1) + CircuitsAt(_relays.Relays.Count - 2);

    /// <summary>Takes a relay out of the network for everybody.</summary>
    public void Kill(int relay)
    {
        Down[_relays[relay].Fingerprint] = true;
        if (_links.TryRemove(_relays[relay].Fingerprint, out var link))
        {
            link.Break();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Pool.DisposeAsync();
        await _relays.DisposeAsync();
    }

    private Task<ICircuitLink> OpenLinkAsync(LinkTarget target, CancellationToken cancellationToken)
    {
        var fingerprint = target.Fingerprint!.Value;
        if (Down.ContainsKey(fingerprint))
        {
            throw new CircuitException("down", DestroyReason.ConnectFailed, 0);
        }

        return Task.FromResult<ICircuitLink>(_links.GetOrAdd(fingerprint, f => _relays.Connect(null, _relays.Relays[f])));
    }
}
