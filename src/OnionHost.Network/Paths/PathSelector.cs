using System.Net;
using System.Runtime.CompilerServices;
using OnionHost.Network.Circuits;
using OnionHost.Network.Directory;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory;

namespace OnionHost.Network.Paths;

/// <summary>Chooses relays by bandwidth, position and flags, and keeps the rules of PROTOCOL 6.1.</summary>
internal sealed class PathSelector(IRandomSource random, PathRules rules)
{
    private const RelayFlags Usable = RelayFlags.Running | RelayFlags.Valid;
    private const RelayFlags General = Usable | RelayFlags.Fast;
    private const RelayFlags GuardFlags = General | RelayFlags.Guard | RelayFlags.Stable | RelayFlags.V2Dir;

    private readonly ConditionalWeakTable<NetworkView, WeightTable> _tables = [];

    /// <summary>The rules that it keeps.</summary>
    public PathRules Rules => rules;

    /// <summary>True if the relay may begin circuits.</summary>
    public bool CanBeGuard(RelayNode node) => Has(node, GuardFlags) && IsBuildable(node);

    /// <summary>True if the relay may be a hop behind the guard.</summary>
    public bool CanBeMiddle(RelayNode node, bool stable) => Has(node, stable ? General | RelayFlags.Stable : General) && IsBuildable(node);

    /// <summary>True if the relay may end a circuit that serves this need.</summary>
    public bool CanBeExit(RelayNode node, ExitNeed need) =>
        CanBeMiddle(node, need.Stable) && !Has(node, RelayFlags.BadExit) && need.IsAllowedBy(node);

    /// <summary>The hops of a circuit, behind its guard, whose relays serve the need.</summary>
    public IReadOnlyList<int> ExitHops(NetworkView view, ClientCircuit circuit, ExitNeed need)
    {
        var path = circuit.Path;
        return [.. Enumerable.Range(0, path.Count).Skip(1).Where(i => path[i] is { } hop && view.Find(hop.Fingerprint) is { } node && CanBeExit(node, need))];
    }

    /// <summary>An exit for the need, by bandwidth; null if no exit serves it.</summary>
    public RelayNode? PickExit(NetworkView view, ExitNeed need, PathDraft draft) =>
        Pick(view, view.Relays.Where(n => CanBeExit(n, need) && draft.Accepts(n)), PathPosition.Exit);

    /// <summary>A relay to stand in the middle of the path that the draft describes.</summary>
    public RelayNode? PickMiddle(NetworkView view, PathDraft draft, bool stable) =>
        PickMiddle(view, draft, stable, static _ => true);

    /// <summary>As above; in a network without enough Stable relays one without that flag is better than none.</summary>
    public RelayNode? PickMiddleOrUnstable(NetworkView view, PathDraft draft, bool stable) =>
        PickMiddle(view, draft, stable) ?? PickMiddle(view, draft, stable: false);

    /// <summary>A middle relay among those that the caller accepts: also how a last hop of our own choice is found.</summary>
    public RelayNode? PickMiddle(NetworkView view, PathDraft draft, bool stable, Func<RelayNode, bool> filter) =>
        Pick(view, view.Relays.Where(n => CanBeMiddle(n, stable) && draft.Accepts(n) && filter(n)), PathPosition.Middle);

    /// <summary>One of the candidates, with a probability in proportion to its weight in the position; null if there are none.</summary>
    public RelayNode? Pick(NetworkView view, IEnumerable<RelayNode> candidates, PathPosition position)
    {
        var table = _tables.GetValue(view, static v => new WeightTable(v.Consensus.BandwidthWeights));
        var nodes = candidates as IReadOnlyList<RelayNode> ?? [.. candidates];
        if (nodes.Count == 0)
        {
            return null;
        }

        var weights = new double[nodes.Count];
        var total = 0.0;
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = nodes[i].Bandwidth * table.Factor(nodes[i].Flags, position);
            total += weights[i];
        }

        if (total <= 0)
        {
            return random.Pick(nodes);
        }

        var point = random.NextDouble() * total;
        for (var i = 0; i < weights.Length; i++)
        {
            point -= weights[i];
            if (point < 0)
            {
                return nodes[i];
            }
        }

        return nodes[Array.FindLastIndex(weights, w => w > 0)];
    }

    /// <summary>True if the two must not be on one path: the same relay, one family, or one subnet.</summary>
    public bool Conflicts(RelayNode one, RelayNode other) =>
        one.Fingerprint == other.Fingerprint
        || RelayFamilies.AreOne(one, other)
        || (rules.EnforceDistinctSubnets && Subnets.Overlap(AddressesOf(one), AddressesOf(other)));

    /// <summary>The addresses that a relay has in the consensus.</summary>
    public static IEnumerable<IPAddress> AddressesOf(RelayNode node) =>
        node.Status.ExtraAddresses.Select(a => a.Address).Prepend(node.Status.Address);

    private static bool Has(RelayNode node, RelayFlags flags) => (node.Flags & flags) == flags;

    private bool IsBuildable(RelayNode node) =>
        !node.OnionKey.IsZero && !rules.Excluded.Contains(node.Fingerprint)
        && (rules.AllowPrivateAddresses || !PrivateNetworks.Contains(node.Status.Address));
}
