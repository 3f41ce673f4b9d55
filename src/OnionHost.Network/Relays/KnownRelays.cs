using System.Net;
using OnionHost.Network.Directory;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Relays;

/// <summary>Who else is a relay, by the newest consensus that a relay knows. Thread safe; a newer consensus is read once.</summary>
internal sealed class KnownRelays
{
    private readonly Func<NetworkView?> _view;
    private volatile Snapshot? _snapshot;

    /// <param name="view">The newest view of the network; null before there is one.</param>
    public KnownRelays(Func<NetworkView?> view)
    {
        _view = view;
    }

    /// <summary>True if the consensus lists the relay.</summary>
    public bool Contains(RelayFingerprint fingerprint) => Read()?.Fingerprints.Contains(fingerprint) == true;

    /// <summary>The Ed25519 identity of a relay; null if it is not known.</summary>
    public Ed25519Identity? IdentityOf(RelayFingerprint fingerprint) => _view()?.Find(fingerprint)?.Identity;

    /// <summary>True if a relay accepts links there, and the network does not allow to come back in through its exits.</summary>
    public bool RefusesReentry(IPEndPoint endPoint) => Read() is { MayReenter: false } known && known.OrPorts.Contains(endPoint);

    /// <summary>True if exits turn away circuits from relays that the consensus does not list.</summary>
    public bool RefusesUnknownRelays => Read()?.RefusesUnknown != false;

    private Snapshot? Read()
    {
        if (_view()?.Consensus is not { } consensus)
        {
            return null;
        }

        if (_snapshot is not { } snapshot || snapshot.Consensus != consensus)
        {
            _snapshot = snapshot = new Snapshot(consensus);
        }

        return snapshot;
    }

    private sealed class Snapshot(Consensus consensus)
    {
        public Consensus Consensus => consensus;

        public HashSet<RelayFingerprint> Fingerprints { get; } = [.. consensus.Relays.Select(relay => relay.Fingerprint)];

        public HashSet<IPEndPoint> OrPorts { get; } =
            [.. consensus.Relays.SelectMany(relay => relay.ExtraAddresses.Prepend(new IPEndPoint(relay.Address, relay.OrPort)))];

        public bool MayReenter { get; } = consensus.Parameters.GetInt("allow-network-reentry", 0, 0, 1) == 1;

        public bool RefusesUnknown { get; } = consensus.Parameters.GetInt("refuseunknownexits", 1, 0, 1) == 1;
    }
}
