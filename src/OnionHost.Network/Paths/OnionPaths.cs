using OnionHost.Network.Circuits;
using OnionHost.Network.Directory;
using OnionHost.Network.Guards;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Paths;

/// <summary>
/// Chooses paths of onion circuits: guard, vanguard, middle, and the last relay if it is not the third. Who stands at the end
/// has no say in who the guard is: somebody else may have chosen the end, to see which guard is avoided (vanguards-lite).
/// </summary>
internal sealed class OnionPaths(PathSelector selector, GuardSet guards, Vanguards vanguards)
{
    /// <summary>A circuit this long may end at its own guard, since at least two other relays are between.</summary>
    private const int LoopLength = 4;

    /// <summary>The set for the second hop.</summary>
    public Vanguards Vanguards => vanguards;

    /// <summary>True if a circuit built ahead can be extended to the relay.</summary>
    public bool CanEndAt(NetworkView view, IReadOnlyList<HopTarget?> hops, HopTarget last)
    {
        if (hops.Count < LoopLength - 1 || hops.Skip(1).Any(h => h!.Fingerprint == last.Fingerprint))
        {
            return false;
        }

        var draft = new PathDraft(selector, []);
        draft.Add(hops.Skip(2), view);
        return view.Find(last.Fingerprint) is not { } node || draft.Accepts(node);
    }

    /// <summary>A path for a request.</summary>
    public PathPlan Plan(NetworkView view, CircuitRequest request, IReadOnlySet<RelayFingerprint> exclude)
    {
        var (guard, last, lastNode) = ChooseEnds(view, request, exclude);
        var hops = new List<HopTarget> { guard.ToHop() };
        if (request.Length > 2)
        {
            hops.Add(ChooseVanguard(view, exclude, [guard.Fingerprint, last.Fingerprint]).ToHop());
        }

        while (hops.Count < request.Length - 1)
        {
            hops.Add(ChooseMiddle(view, request.Stable, exclude, [.. hops, last]).ToHop());
        }

        hops.Add(last);
        return new PathPlan(hops, lastNode)
        {
            LastIsGiven = request.Last is not null,
            Replace = (plan, index) => Replace(view, request, exclude, plan, index),
        };
    }

    private PathPlan? Replace(NetworkView view, CircuitRequest request, IReadOnlySet<RelayFingerprint> exclude, PathPlan plan, int index)
    {
        var banned = exclude.Concat(plan.Replaced).Append(plan.Hops[index].Fingerprint).ToHashSet();
        var others = plan.Hops.Where((_, i) => i != index).ToList();
        if (index == plan.Hops.Count - 1)
        {
            return request.Last is null && ChooseLast(view, request, banned, others) is { } last ? plan.With(index, last.ToHop(), last) : null;
        }

        var node = index == 1
            ? vanguards.Choose(view, n => IsFree(n, banned, others.Select(h => h.Fingerprint)), out _)
            : FindMiddle(view, request.Stable, banned, others);
        return node is null ? null : plan.With(index, node.ToHop(), node);
    }

    private (RelayNode Guard, HopTarget Last, RelayNode? LastNode) ChooseEnds(NetworkView view, CircuitRequest request, IReadOnlySet<RelayFingerprint> exclude)
    {
        if (request.Last is { } given)
        {
            var mayLoop = request.Length >= LoopLength;
            var guard = guards.Choose(view, GuardUse.Circuit, n => !exclude.Contains(n.Fingerprint) && (mayLoop || n.Fingerprint != given.Fingerprint));
            return (guard ?? throw PathPlanner.TooFew("no guard is left"), given, view.Find(given.Fingerprint));
        }

        var first = guards.Choose(view, GuardUse.Circuit, n => !exclude.Contains(n.Fingerprint)) ?? throw PathPlanner.TooFew("no guard is left");
        if (ChooseLast(view, request, exclude, [first.ToHop()]) is { } last)
        {
            return (first, last.ToHop(), last);
        }

        // The only relays that may be last do not go with this guard.
        last = ChooseLast(view, request, exclude, []) ?? throw PathPlanner.TooFew("none of the relays that are left may be the last one");
        var draft = new PathDraft(selector, exclude);
        draft.Add(last);
        first = guards.Choose(view, GuardUse.Circuit, draft.Accepts) ?? throw PathPlanner.TooFew("no guard goes with the rest of the path");
        return (first, last.ToHop(), last);
    }

    private RelayNode? ChooseLast(NetworkView view, CircuitRequest request, IReadOnlySet<RelayFingerprint> exclude, IReadOnlyList<HopTarget> others)
    {
        var draft = new PathDraft(selector, exclude);
        draft.Add(others, view);
        return selector.PickMiddle(view, draft, request.Stable, request.LastFilter ?? (static _ => true));
    }

    private RelayNode ChooseVanguard(NetworkView view, IReadOnlySet<RelayFingerprint> exclude, IReadOnlyList<RelayFingerprint> others)
    {
        var chosen = vanguards.Choose(view, n => IsFree(n, exclude, others), out var isSmall);
        if (chosen is null && isSmall)
        {
            chosen = selector.PickMiddle(view, new PathDraft(selector, exclude.Concat(others)), stable: false);
        }

        return chosen ?? throw PathPlanner.TooFew("no relay is left for the second hop");
    }

    private RelayNode ChooseMiddle(NetworkView view, bool stable, IReadOnlySet<RelayFingerprint> exclude, IReadOnlyList<HopTarget> others) =>
        FindMiddle(view, stable, exclude, others) ?? throw PathPlanner.TooFew("no relay is left for the middle");

    private RelayNode? FindMiddle(NetworkView view, bool stable, IReadOnlySet<RelayFingerprint> exclude, IReadOnlyList<HopTarget> others)
    {
        var draft = new PathDraft(selector, exclude);
        draft.Add(others, view);
        return selector.PickMiddleOrUnstable(view, draft, stable);
    }

    private static bool IsFree(RelayNode node, IReadOnlySet<RelayFingerprint> exclude, IEnumerable<RelayFingerprint> others) =>
        !exclude.Contains(node.Fingerprint) && !others.Contains(node.Fingerprint);
}
