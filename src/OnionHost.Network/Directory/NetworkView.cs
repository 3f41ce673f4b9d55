using OnionHost.Network.Congestion;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Directory;

/// <summary>
/// What is known about the network, at one moment: a verified consensus and the microdescriptors that go with it.
/// Immutable; a newer one replaces it.
/// </summary>
internal sealed class NetworkView
{
    private readonly Dictionary<RelayFingerprint, RelayNode> _byFingerprint = [];
    private readonly Dictionary<Ed25519Identity, RelayNode> _byIdentity = [];

    /// <param name="consensus">A verified consensus of the microdescriptor flavour.</param>
    /// <param name="relays">Those of its relays whose microdescriptor is known, in its order.</param>
    /// <param name="hasEnough">True if circuits may be built.</param>
    public NetworkView(Consensus consensus, IReadOnlyList<RelayNode> relays, bool hasEnough)
    {
        Consensus = consensus;
        Relays = relays;
        HasEnough = hasEnough;
        Congestion = CongestionParameters.From(consensus.Parameters);
        foreach (var relay in relays)
        {
            _byFingerprint.TryAdd(relay.Fingerprint, relay);
            if (relay.Identity is { } identity)
            {
                _byIdentity.TryAdd(identity, relay);
            }
        }
    }

    /// <summary>The verified consensus.</summary>
    public Consensus Consensus { get; }

    /// <summary>The relays that can be used: those whose microdescriptor is known, ordered by fingerprint.</summary>
    public IReadOnlyList<RelayNode> Relays { get; }

    /// <summary>True if enough relays are known for paths to be chosen fairly.</summary>
    public bool HasEnough { get; }

    /// <summary>The relays by RSA identity.</summary>
    public IReadOnlyDictionary<RelayFingerprint, RelayNode> ByFingerprint => _byFingerprint;

    /// <summary>The relays by Ed25519 identity.</summary>
    public IReadOnlyDictionary<Ed25519Identity, RelayNode> ByIdentity => _byIdentity;

    /// <summary>The network's parameters.</summary>
    public NetworkParameters Parameters => Consensus.Parameters;

    /// <summary>What the network says about congestion control; null if it wants fixed windows.</summary>
    public CongestionParameters? Congestion { get; }

    /// <summary>From when on the consensus is meant to be used.</summary>
    public DateTimeOffset ValidAfter => Consensus.ValidAfter;

    /// <summary>The shared random value of this protocol run, 32 bytes, if there is one.</summary>
    public byte[]? SharedRandomCurrent => Consensus.SharedRandomCurrent;

    /// <summary>The shared random value of the run before, 32 bytes, if there is one.</summary>
    public byte[]? SharedRandomPrevious => Consensus.SharedRandomPrevious;

    /// <summary>A relay by its RSA identity; null if it is not known.</summary>
    public RelayNode? Find(RelayFingerprint fingerprint) => _byFingerprint.GetValueOrDefault(fingerprint);

    /// <summary>A relay by its Ed25519 identity; null if it is not known.</summary>
    public RelayNode? Find(Ed25519Identity identity) => _byIdentity.GetValueOrDefault(identity);
}
