using System.Collections.Immutable;
using OnionHost.Network.Circuits;
using OnionHost.Network.Directory;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Paths;

/// <summary>A path that was chosen and not built yet.</summary>
/// <param name="Hops">First to last.</param>
/// <param name="Last">The last relay as the consensus knows it; null if it does not.</param>
internal sealed record PathPlan(IReadOnlyList<HopTarget> Hops, RelayNode? Last)
{
    /// <summary>The first hop.</summary>
    public HopTarget Guard => Hops[0];

    /// <summary>Chooses another relay for the hop, to go on from the hops before it; null if there is none, or the relay was given.</summary>
    public Func<PathPlan, int, PathPlan?> Replace { get; init; } = static (_, _) => null;

    /// <summary>True if somebody else chose the last relay.</summary>
    public bool LastIsGiven { get; init; }

    /// <summary>Relays that were replaced because they could not be reached.</summary>
    public ImmutableHashSet<RelayFingerprint> Replaced { get; init; } = [];

    /// <summary>True if the relay may be replaced. The guard is for the guard set to replace.</summary>
    public bool IsReplaceable(int index) => index > 0 && !(LastIsGiven && index == Hops.Count - 1);

    /// <summary>The same path with another relay in one place, and the old one remembered.</summary>
    public PathPlan With(int index, HopTarget hop, RelayNode node) => this with
    {
        Hops = [.. Hops.Take(index), hop, .. Hops.Skip(index + 1)],
        Last = index == Hops.Count - 1 ? node : Last,
        Replaced = Replaced.Add(Hops[index].Fingerprint),
    };
}
