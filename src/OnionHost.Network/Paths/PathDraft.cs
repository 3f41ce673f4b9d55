using System.Net;
using OnionHost.Network.Circuits;
using OnionHost.Network.Directory;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Paths;

/// <summary>A path while it is being chosen: which relays are on it already, and which must not come onto it.</summary>
internal sealed class PathDraft(PathSelector selector, IEnumerable<RelayFingerprint> exclude)
{
    private readonly HashSet<RelayFingerprint> _taken = [.. exclude];
    private readonly List<RelayNode> _nodes = [];
    private readonly List<IPAddress> _foreignAddresses = [];

    /// <summary>Puts a relay of the consensus onto the path.</summary>
    public void Add(RelayNode node)
    {
        _taken.Add(node.Fingerprint);
        _nodes.Add(node);
    }

    /// <summary>Puts a relay onto the path that somebody else named; the consensus may not know it.</summary>
    public void Add(HopTarget hop, NetworkView view)
    {
        if (view.Find(hop.Fingerprint) is { } node)
        {
            Add(node);
            return;
        }

        _taken.Add(hop.Fingerprint);
        _foreignAddresses.AddRange(LinkSpecifiers.EndPoints(hop.Specifiers).Select(e => e.Address));
    }

    /// <summary>Puts the hops of a circuit onto the path; null is a virtual hop.</summary>
    public void Add(IEnumerable<HopTarget?> hops, NetworkView view)
    {
        foreach (var hop in hops)
        {
            if (hop is not null)
            {
                Add(hop, view);
            }
        }
    }

    /// <summary>True if the relay is on the path, or excluded from it.</summary>
    public bool Has(RelayFingerprint fingerprint) => _taken.Contains(fingerprint);

    /// <summary>True if the relay may join.</summary>
    public bool Accepts(RelayNode candidate) =>
        !_taken.Contains(candidate.Fingerprint)
        && _nodes.TrueForAll(n => !selector.Conflicts(n, candidate))
        && !(selector.Rules.EnforceDistinctSubnets && Subnets.Overlap(_foreignAddresses, PathSelector.AddressesOf(candidate)));
}
