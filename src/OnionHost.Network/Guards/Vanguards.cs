using Microsoft.Extensions.Logging;
using OnionHost.Network.Directory;
using OnionHost.Network.Paths;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Guards;

/// <summary>
/// The few relays that stand second on every onion circuit (vanguards-lite): whoever makes a service build circuit after circuit
/// meets the same ones behind the guard for days, instead of soon being next to the guard. They are not written to disk: on the
/// next start there are others. Safe for concurrent use.
/// </summary>
internal sealed class Vanguards(NodeContext context, PathSelector selector)
{
    private readonly Lock _lock = new();
    private readonly List<Vanguard> _set = [];
    private readonly ILogger _logger = context.Loggers.CreateLogger<Vanguards>();

    /// <summary>The set as it is now.</summary>
    public IReadOnlyList<RelayFingerprint> Current(NetworkView view)
    {
        lock (_lock)
        {
            Maintain(view);
            return [.. _set.Select(v => v.Fingerprint)];
        }
    }

    /// <summary>One of the set for the second hop, each equally likely; null if none is allowed.</summary>
    /// <param name="view">The network as it is now.</param>
    /// <param name="allowed">What the rest of the path allows.</param>
    /// <param name="isSmall">True if the network is too small to fill the set, so that anything is better than nothing.</param>
    public RelayNode? Choose(NetworkView view, Func<RelayNode, bool> allowed, out bool isSmall)
    {
        lock (_lock)
        {
            isSmall = !Maintain(view);
            var nodes = _set.Select(v => view.Find(v.Fingerprint)).OfType<RelayNode>().Where(allowed).ToList();
            return nodes.Count > 0 ? context.Random.Pick(nodes) : null;
        }
    }

    /// <summary>Drops who is over or gone, and fills up; false if there are not enough relays.</summary>
    private bool Maintain(NetworkView view)
    {
        var parameters = VanguardParameters.From(view.Parameters);
        var now = context.Now;
        _set.RemoveAll(v =>
        {
            var isOver = now >= v.Until || view.Find(v.Fingerprint) is not { } node || !selector.CanBeMiddle(node, v.IsStable);
            if (isOver)
            {
                GuardLog.VanguardRemoved(_logger, v.Fingerprint);
            }

            return isOver;
        });
        while (_set.Count < parameters.Number)
        {
            // They may be of one family: only together with others on a path would that count. Stable ones while there are any.
            var draft = new PathDraft(selector, _set.Select(v => v.Fingerprint));
            var isStable = true;
            if (selector.PickMiddle(view, draft, stable: true) is not { } node)
            {
                isStable = false;
                node = selector.PickMiddle(view, draft, stable: false);
            }

            if (node is null)
            {
                return false;
            }

            _set.Add(new Vanguard(node.Fingerprint, now + Lifetime(parameters), isStable));
            GuardLog.VanguardChosen(_logger, node.Fingerprint);
        }

        return true;
    }

    /// <summary>The longer one of two draws: an attacker who waits for his turn to come waits longer.</summary>
    private TimeSpan Lifetime(VanguardParameters parameters) =>
        parameters.MinLifetime
        + ((parameters.MaxLifetime - parameters.MinLifetime) * Math.Max(context.Random.NextDouble(), context.Random.NextDouble()));

    private readonly record struct Vanguard(RelayFingerprint Fingerprint, DateTimeOffset Until, bool IsStable);
}
