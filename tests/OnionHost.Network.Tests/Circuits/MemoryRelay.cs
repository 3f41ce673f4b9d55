using System.Collections.Immutable;
using System.Net;
using OnionHost.Network.Circuits;
using OnionHost.Network.Congestion;
using OnionHost.Network.Links;
using OnionHost.Network.Relays;
using OnionHost.Protocol;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Handshakes;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Tests.Circuits;

/// <summary>A relay without links of its own: real circuits, real handshakes, cells in memory.</summary>
internal sealed class MemoryRelay : IAsyncDisposable
{
    private readonly MemoryNetwork _network;
    private readonly OnionskinPool _pool;

    public MemoryRelay(MemoryNetwork network, NodeContext context, byte number)
    {
        _network = network;
        Fingerprint = new RelayFingerprint(Enumerable.Repeat(number, 20).ToArray());
        Identity = new Ed25519Identity(Enumerable.Repeat(number, 32).ToArray());
        var key = X25519KeyPair.Generate(context.Random);
        Hop = new HopTarget(Fingerprint, Identity, key.Public,
        [
            LinkSpecifier.FromEndPoint(new IPEndPoint(new IPAddress(new byte[] { 203, 0, 113, number }), 9001)),
            LinkSpecifier.FromFingerprint(Fingerprint),
            LinkSpecifier.FromEd25519(Identity),
        ]);
        OnionKeys = new NtorOnionKeys(key, null);
        var identity = new CircuitIdentity(Fingerprint, Identity, () => OnionKeys) { Congestion = () => Congestion };
        Extender = new RelayExtender(identity, ConnectAsync, allowPrivateAddresses: false, TimeSpan.FromSeconds(30));
        _pool = new OnionskinPool(context, identity, 1000);
        Acceptor = new CircuitAcceptor(context, _pool, Extender, Roles);
        Roles.Circuits.Add(new Recorder(this));
    }

    public RelayFingerprint Fingerprint { get; }

    public Ed25519Identity Identity { get; }

    public HopTarget Hop { get; }

    /// <summary>The keys that it answers handshakes with.</summary>
    public NtorOnionKeys OnionKeys { get; set; }

    /// <summary>What it takes the network to say about congestion control.</summary>
    public CongestionParameters? Congestion { get; set; } = CongestionParameters.Default;

    public RelayRoles Roles { get; } = new();

    public RelayExtender Extender { get; }

    public CircuitAcceptor Acceptor { get; }

    /// <summary>The circuits that were made through this relay.</summary>
    public List<RelayCircuit> Circuits { get; } = [];

    /// <summary>Links that this relay opened, by the relay they lead to.</summary>
    public Dictionary<RelayFingerprint, MemoryLink> Links { get; } = [];

    public ValueTask DisposeAsync() => _pool.DisposeAsync();

    private async Task<ICircuitLink> ConnectAsync(LinkTarget target, CancellationToken cancellationToken)
    {
        if (_network.Silent.ContainsKey(target.Fingerprint!.Value))
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }

        lock (Links)
        {
            if (target.Fingerprint is not { } wanted || !_network.Relays.TryGetValue(wanted, out var relay))
            {
                throw new TorException(TorErrorKind.Network, "No such relay.");
            }

            if (!Links.TryGetValue(wanted, out var link))
            {
                link = Links[wanted] = _network.Connect(Fingerprint, relay);
            }

            return link;
        }
    }

    private sealed class Recorder(MemoryRelay relay) : IRelayRole
    {
        public void Attach(RelayCircuit circuit)
        {
            lock (relay.Circuits)
            {
                relay.Circuits.Add(circuit);
            }
        }
    }
}
