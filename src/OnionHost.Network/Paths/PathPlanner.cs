using OnionHost.Network.Circuits;
using OnionHost.Network.Directory;
using OnionHost.Network.Guards;
using OnionHost.Protocol;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Paths;

/// <summary>Chooses whole paths: the last relay first, then a guard that goes with it, then what lies between (path-spec 2.2).</summary>
internal sealed class PathPlanner(PathSelector selector, GuardSet guards)
{
    /// <summary>Relays on a general circuit.</summary>
    public const int GeneralLength = 3;

    /// <summary>What chooses single relays.</summary>
    public PathSelector Selector => selector;

    /// <summary>A path to an exit.</summary>
    /// <exception cref="TorException">No exit serves the need, or too few relays are left.</exception>
    public PathPlan PlanExit(NetworkView view, ExitNeed need, IEnumerable<RelayFingerprint> exclude)
    {
        var draft = new PathDraft(selector, exclude);
        var exit = selector.PickExit(view, need, draft)
            ?? throw new TorException(TorErrorKind.Network,
                need.Port == 0
                    ? "No exit in the network resolves names now. Try again later."
                    : $"No exit in the network (or none that was not tried) accepts port {need.Port}. Try again later, or use another port.",
                isTransient: true);
        draft.Add(exit);
        return Complete(view, draft, GeneralLength, need.Stable, exit.ToExitHop(view), exit);
    }

    /// <summary>A path for a request.</summary>
    /// <exception cref="TorException">Too few relays are left, or none may be the last.</exception>
    public PathPlan Plan(NetworkView view, CircuitRequest request, IEnumerable<RelayFingerprint> exclude)
    {
        var draft = new PathDraft(selector, request.Exclude.Concat(exclude));
        if (request.Last is { } given)
        {
            draft.Add(given, view);
            return request.Length == 1
                ? new PathPlan([given], view.Find(given.Fingerprint))
                : Complete(view, draft, request.Length, request.Stable, given, view.Find(given.Fingerprint));
        }

        var filter = request.LastFilter ?? (static _ => true);
        var last = selector.PickMiddle(view, draft, request.Stable, filter)
            ?? throw TooFew("none of the relays that are left may be the last one");
        draft.Add(last);
        return Complete(view, draft, request.Length, request.Stable, last.ToHop(), last);
    }

    private PathPlan Complete(NetworkView view, PathDraft draft, int length, bool stable, HopTarget last, RelayNode? lastNode)
    {
        var hops = new List<HopTarget>(length);
        var guard = guards.Choose(view, GuardUse.Circuit, draft.Accepts)
            ?? throw TooFew("no guard goes with the rest of the path");
        draft.Add(guard);
        hops.Add(guard.ToHop());
        while (hops.Count < length - 1)
        {
            // A network without enough Stable relays is better used than given up.
            var middle = selector.PickMiddle(view, draft, stable) ?? selector.PickMiddle(view, draft, stable: false)
                ?? throw TooFew("no relay is left for the middle");
            draft.Add(middle);
            hops.Add(middle.ToHop());
        }

        hops.Add(last);
        return new PathPlan(hops, lastNode);
    }

    private static TorException TooFew(string why) =>
        new(TorErrorKind.Network,
            $"No path can be chosen: {why}. The network has too few relays that differ in family and subnet; a private network needs EnforceDistinctSubnets off.",
            isTransient: true);
}
