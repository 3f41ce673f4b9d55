using OnionHost.Network.Circuits;
using OnionHost.Network.Directory;
using OnionHost.Network.Guards;
using OnionHost.Protocol;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Paths;

/// <summary>Chooses whole paths: the last relay first, then a guard that goes with it, then what lies between (path-spec 2.2).</summary>
internal sealed class PathPlanner(PathSelector selector, GuardSet guards, Vanguards vanguards)
{
    /// <summary>Relays on a general circuit.</summary>
    public const int GeneralLength = 3;

    private readonly OnionPaths _onion = new(selector, guards, vanguards);

    /// <summary>What chooses single relays.</summary>
    public PathSelector Selector => selector;

    /// <summary>What chooses the paths of onion circuits.</summary>
    public OnionPaths Onion => _onion;

    /// <summary>A path to an exit.</summary>
    /// <param name="view">The network.</param>
    /// <param name="need">What the exit must do.</param>
    /// <param name="exclude">Relays that must not be on it.</param>
    /// <param name="length">Relays on it, the exit included; at least 2.</param>
    /// <exception cref="TorException">No exit serves the need, or too few relays are left.</exception>
    public PathPlan PlanExit(NetworkView view, ExitNeed need, IEnumerable<RelayFingerprint> exclude, int length = GeneralLength)
    {
        var banned = exclude.ToHashSet();
        RelayNode? PickExit(PathDraft draft) => selector.PickExit(view, need, draft);
        var draft = new PathDraft(selector, banned);
        var exit = PickExit(draft)
            ?? throw new TorException(TorErrorKind.Network,
                need.Port == 0
                    ? "No exit in the network resolves names now. Try again later."
                    : $"No exit in the network (or none that was not tried) accepts port {need.Port}. Try again later, or use another port.",
                isTransient: true);
        draft.Add(exit);
        return Complete(view, draft, length, need.Stable, exit.ToExitHop(view), exit) with
        {
            Replace = (plan, index) => Replace(view, plan, index, need.Stable, banned, PickExit, static (node, v) => node.ToExitHop(v)),
        };
    }

    /// <summary>A path for a request.</summary>
    /// <exception cref="TorException">Too few relays are left, or none may be the last.</exception>
    public PathPlan Plan(NetworkView view, CircuitRequest request, IEnumerable<RelayFingerprint> exclude)
    {
        var banned = request.Exclude.Concat(exclude).ToHashSet();
        if (request.Last is { } only && request.Length == 1)
        {
            return new PathPlan([only], view.Find(only.Fingerprint));
        }

        if (request.IsOnion)
        {
            return _onion.Plan(view, request, banned);
        }

        RelayNode? PickLast(PathDraft draft) =>
            request.Last is null ? selector.PickMiddle(view, draft, request.Stable, request.LastFilter ?? (static _ => true)) : null;
        var draft = new PathDraft(selector, banned);
        PathPlan plan;
        if (request.Last is { } given)
        {
            draft.Add(given, view);
            plan = Complete(view, draft, request.Length, request.Stable, given, view.Find(given.Fingerprint));
        }
        else
        {
            var last = PickLast(draft) ?? throw TooFew("none of the relays that are left may be the last one");
            draft.Add(last);
            plan = Complete(view, draft, request.Length, request.Stable, last.ToHop(), last);
        }

        return plan with
        {
            LastIsGiven = request.Last is not null,
            Replace = (now, index) => Replace(view, now, index, request.Stable, banned, PickLast, static (node, _) => node.ToHop()),
        };
    }

    /// <summary>What is thrown when no path can be chosen.</summary>
    public static TorException TooFew(string why) =>
        new(TorErrorKind.Network,
            $"No path can be chosen: {why}. The network has too few relays that differ in family and subnet; a private network needs EnforceDistinctSubnets off.",
            isTransient: true);

    private PathPlan Complete(NetworkView view, PathDraft draft, int length, bool stable, HopTarget last, RelayNode? lastNode)
    {
        var hops = new List<HopTarget>(length);
        var guard = guards.Choose(view, GuardUse.Circuit, draft.Accepts)
            ?? throw TooFew("no guard goes with the rest of the path");
        draft.Add(guard);
        hops.Add(guard.ToHop());
        while (hops.Count < length - 1)
        {
            var middle = selector.PickMiddleOrUnstable(view, draft, stable) ?? throw TooFew("no relay is left for the middle");
            draft.Add(middle);
            hops.Add(middle.ToHop());
        }

        hops.Add(last);
        return new PathPlan(hops, lastNode);
    }

    private PathPlan? Replace(
        NetworkView view,
        PathPlan plan,
        int index,
        bool stable,
        IReadOnlySet<RelayFingerprint> banned,
        Func<PathDraft, RelayNode?> pickLast,
        Func<RelayNode, NetworkView, HopTarget> asLast)
    {
        var draft = new PathDraft(selector, banned.Concat(plan.Replaced).Append(plan.Hops[index].Fingerprint));
        draft.Add(plan.Hops.Where((_, i) => i != index), view);
        if (index == plan.Hops.Count - 1)
        {
            return pickLast(draft) is { } last ? plan.With(index, asLast(last, view), last) : null;
        }

        return selector.PickMiddleOrUnstable(view, draft, stable) is { } middle ? plan.With(index, middle.ToHop(), middle) : null;
    }
}
