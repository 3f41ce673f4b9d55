using OnionHost.Protocol;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Directory.Consensuses;

namespace OnionHost.Network.Directory.Bootstrap;

/// <summary>
/// Joins a consensus with the microdescriptors at hand, and decides whether they are enough: whoever builds paths from a part of
/// the network that somebody else chose can be steered (path-spec 2.2, "enough directory information").
/// </summary>
internal static class NetworkViewBuilder
{
    private const int DefaultPercent = 60;

    /// <summary>The view, whether it has enough or not.</summary>
    public static NetworkView Build(Consensus consensus, DirectoryStore store, int minimumRelays)
    {
        var relays = new List<RelayNode>(consensus.Relays.Count);
        foreach (var relay in consensus.Relays)
        {
            if (IsUsable(relay) && relay.MicrodescriptorDigest is { } digest && store.Microdescriptor(digest) is { } micro)
            {
                relays.Add(new RelayNode(relay, micro));
            }
        }

        var percent = consensus.Parameters.GetInt("min_paths_for_circs_pct", DefaultPercent, 25, 95);
        return new NetworkView(consensus, relays, relays.Count >= minimumRelays && PathFraction(consensus, relays) * 100 >= percent);
    }

    /// <summary>Why a view has not enough.</summary>
    public static TorException Fault(NetworkView view, int minimumRelays)
    {
        var listed = view.Consensus.Relays.Count(IsUsable);
        return listed < minimumRelays
            ? DirectoryFaults.TooFewRelays(listed, minimumRelays)
            : DirectoryFaults.TooFewDescriptors(view.Relays.Count, listed);
    }

    /// <summary>The share of possible paths, by bandwidth, whose relays are all known: 0 to 1.</summary>
    private static double PathFraction(Consensus consensus, List<RelayNode> known)
    {
        var middle = Fraction(consensus, known, RelayFlags.None);
        var guard = Fraction(consensus, known, RelayFlags.Guard) ?? middle;
        var exit = Fraction(consensus, known, RelayFlags.Exit) ?? middle;
        return (middle ?? 0) * (guard ?? 0) * (exit ?? 0);
    }

    // Null if the network has no such relay at all: then its share does not count.
    private static double? Fraction(Consensus consensus, List<RelayNode> known, RelayFlags flags)
    {
        var all = consensus.Relays.Where(r => IsUsable(r) && (r.Flags & flags) == flags).Sum(Weight);
        return all == 0 ? null : known.Where(r => r.Has(flags)).Sum(r => Weight(r.Status)) / all;
    }

    // A relay without measured bandwidth is still a relay.
    private static double Weight(ConsensusRelay relay) => Math.Max(1, relay.Bandwidth);

    private static bool IsUsable(ConsensusRelay relay) =>
        (relay.Flags & (RelayFlags.Running | RelayFlags.Valid)) == (RelayFlags.Running | RelayFlags.Valid);
}
