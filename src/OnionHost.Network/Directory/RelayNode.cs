using System.Collections.Immutable;
using System.Net;
using OnionHost.Network.Circuits;
using OnionHost.Network.Links;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Directory;

/// <summary>A relay as a client knows it: its entry in the consensus and its microdescriptor.</summary>
internal sealed class RelayNode
{
    public RelayNode(ConsensusRelay status, Microdescriptor micro)
    {
        Status = status;
        Micro = micro;
        Addresses = [new IPEndPoint(status.Address, status.OrPort), .. status.ExtraAddresses];
    }

    /// <summary>Its entry in the consensus.</summary>
    public ConsensusRelay Status { get; }

    /// <summary>Its microdescriptor.</summary>
    public Microdescriptor Micro { get; }

    /// <summary>Its RSA identity.</summary>
    public RelayFingerprint Fingerprint => Status.Fingerprint;

    /// <summary>Its Ed25519 identity; null if it has none that the authorities agree on.</summary>
    public Ed25519Identity? Identity => (Status.Flags & RelayFlags.NoEdConsensus) == 0 ? Micro.Identity : null;

    /// <summary>The key for ntor handshakes.</summary>
    public Curve25519PublicKey OnionKey => Micro.OnionKey;

    /// <summary>What the authorities say about it.</summary>
    public RelayFlags Flags => Status.Flags;

    /// <summary>Its weight in path selection, nominally kilobytes a second.</summary>
    public uint Bandwidth => Status.Bandwidth;

    /// <summary>The IPv4 ports that it opens as an exit.</summary>
    public ExitPolicySummary Policy => Micro.Policy;

    /// <summary>Where it accepts links, IPv4 first.</summary>
    public ImmutableArray<IPEndPoint> Addresses { get; }

    /// <summary>True if it answers ntor-v3 handshakes, and can do congestion control.</summary>
    private bool HasCongestionControl => Status.Protocols.Supports("Relay", 4) && Status.Protocols.Supports("FlowCtrl", 2);

    /// <summary>True if it has all the flags.</summary>
    public bool Has(RelayFlags flags) => (Status.Flags & flags) == flags;

    /// <summary>The relay as a hop.</summary>
    public HopTarget ToHop() => HopTarget.At(Fingerprint, Identity, OnionKey, Addresses);

    /// <summary>The relay as the last hop of a circuit for streams: with congestion control, if it can and the network wants it.</summary>
    public HopTarget ToExitHop(NetworkView view) =>
        ToHop() with { Congestion = Identity is not null && HasCongestionControl ? view.Congestion : null };

    /// <summary>The relay as the other end of a link.</summary>
    public LinkTarget ToLinkTarget() => new(Addresses, Fingerprint, Identity);

    /// <summary>The nickname, which is for debugging only.</summary>
    public override string ToString() => Status.Nickname.ToString();
}
