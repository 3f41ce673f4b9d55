using Microsoft.Extensions.Logging;
using OnionHost.Network.Directory;
using OnionHost.Network.Paths;
using OnionHost.Network.Storage;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Guards;

/// <summary>
/// The few relays that circuits begin with, the same ones for months (guard-spec in small): a sample of the network's guards, those of
/// them that were used with success (confirmed), and the first three usable ones (primary), which circuits keep to.
/// A circuit through a lesser guard is used at once instead of waiting for a better one. Safe for concurrent use.
/// </summary>
internal sealed class GuardSet
{
    private readonly NodeContext _context;
    private readonly PathSelector _selector;
    private readonly StateFile<GuardState> _file;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly List<SampledGuard> _sample = [];
    private List<SampledGuard> _primary = [];
    private GuardParameters _parameters = new();
    private DateTimeOffset _lastSuccess;
    private NetworkView? _view;

    /// <summary>Reads the file, if there is one.</summary>
    /// <param name="context">Time, randomness and logs.</param>
    /// <param name="selector">Chooses new guards by bandwidth.</param>
    /// <param name="path">Where the set is kept; null: nowhere.</param>
    public GuardSet(NodeContext context, PathSelector selector, string? path)
    {
        _context = context;
        _selector = selector;
        _logger = context.Loggers.CreateLogger<GuardSet>();
        _file = new StateFile<GuardState>(
            path, "guards", GuardStateJson.Default.GuardState, static s => s is { Version: GuardState.CurrentVersion, Sampled: not null }, _logger);
        foreach (var record in _file.Load()?.Sampled ?? [])
        {
            if (SampledGuard.FromRecord(record) is { } guard && _sample.All(g => g.Fingerprint != guard.Fingerprint))
            {
                _sample.Add(guard);
            }
        }
    }

    /// <summary>The primary guards that the present consensus lists, best first.</summary>
    public IReadOnlyList<RelayNode> Primary
    {
        get
        {
            lock (_lock)
            {
                return [.. _primary.Select(g => g.Node!)];
            }
        }
    }

    /// <summary>The guard to use now; null if none of the usable ones is allowed.</summary>
    /// <param name="view">The network as it is now; when it is another than before, the sample is brought up to date.</param>
    /// <param name="use">What for.</param>
    /// <param name="allowed">Restrictions of the path; a guard that breaks them is passed over, not blamed.</param>
    public RelayNode? Choose(NetworkView view, GuardUse use, Func<RelayNode, bool> allowed)
    {
        lock (_lock)
        {
            Update(view);
            var now = _context.Now;
            foreach (var guard in _sample)
            {
                guard.ReconsiderAt(now);
            }

            var chosen = ChooseFrom(use, allowed) ?? ChooseAgain(allowed);
            if (chosen is not null)
            {
                chosen.LastTried = now;
            }

            return chosen?.Node;
        }
    }

    /// <summary>Takes over a new consensus: marks who is missing, drops who is too old, samples new guards.</summary>
    public void Update(NetworkView view)
    {
        lock (_lock)
        {
            if (ReferenceEquals(view, _view))
            {
                return;
            }

            _view = view;
            _parameters = GuardParameters.From(view.Parameters);
            var before = _sample.Select(g => g.ToRecord()).ToList();
            Relist(view);
            Expire();
            Expand(view);
            ChoosePrimary();
            if (!before.SequenceEqual(_sample.Select(g => g.ToRecord())))
            {
                Save();
            }
        }
    }

    /// <summary>A circuit's first hop answered.</summary>
    public void Succeeded(RelayFingerprint fingerprint)
    {
        lock (_lock)
        {
            if (Find(fingerprint) is not { } guard)
            {
                return;
            }

            var now = _context.Now;
            var wasDown = _lastSuccess != default && now - _lastSuccess > _parameters.InternetLikelyDown;
            _lastSuccess = now;
            guard.Reachability = GuardReachability.Yes;
            guard.FailingSince = null;
            if (wasDown && !guard.IsPrimary)
            {
                // The network was away, not the better guards: they come first again.
                _primary.ForEach(g => g.Reachability = GuardReachability.Maybe);
            }

            if (guard.ConfirmedOn is null)
            {
                Confirm(guard, now);
            }
        }
    }

    /// <summary>A guard did not answer.</summary>
    public void Failed(RelayFingerprint fingerprint)
    {
        lock (_lock)
        {
            if (Find(fingerprint) is { } guard)
            {
                guard.Reachability = GuardReachability.No;
                guard.FailingSince ??= _context.Now;
                guard.LastTried = _context.Now;
                GuardLog.Unreachable(_logger, fingerprint);
            }
        }
    }

    private SampledGuard? ChooseFrom(GuardUse use, Func<RelayNode, bool> allowed)
    {
        var inUse = use == GuardUse.Circuit ? _parameters.PrimaryGuardsInUse : _parameters.PrimaryDirectoryGuardsInUse;
        var best = _primary.Where(g => IsUsable(g, allowed)).Take(inUse).ToList();
        return best.Count > 0
            ? _context.Random.Pick(best)
            : ByPreference().FirstOrDefault(g => IsUsable(g, allowed));
    }

    /// <summary>Everything seems down: more likely it is our own network, so all get another chance, in order.</summary>
    private SampledGuard? ChooseAgain(Func<RelayNode, bool> allowed)
    {
        var candidates = ByPreference().Where(g => g.Node is not null && allowed(g.Node)).ToList();
        candidates.ForEach(g => g.Reachability = GuardReachability.Maybe);
        return candidates.FirstOrDefault();
    }

    private static bool IsUsable(SampledGuard guard, Func<RelayNode, bool> allowed) =>
        guard.Node is not null && guard.Reachability != GuardReachability.No && allowed(guard.Node);

    private IEnumerable<SampledGuard> ByPreference() => _sample.OrderBy(g => g.ConfirmedIndex);

    private void Relist(NetworkView view)
    {
        foreach (var guard in _sample)
        {
            var node = view.Find(guard.Fingerprint);
            guard.Node = node is not null && _selector.CanBeGuard(node) ? node : null;
            guard.UnlistedSince = guard.Node is null ? guard.UnlistedSince ?? _context.Now : null;
        }
    }

    private void Expire()
    {
        var now = _context.Now;
        _sample.RemoveAll(guard =>
        {
            var isOld = now - guard.AddedOn > _parameters.Lifetime
                && (guard.ConfirmedOn is null || now - guard.ConfirmedOn > _parameters.ConfirmedLifetime);
            var isLost = guard.UnlistedSince is { } since && now - since > _parameters.RemoveUnlistedAfter;
            if (isOld || isLost)
            {
                GuardLog.Removed(_logger, guard.Fingerprint);
            }

            return isOld || isLost;
        });
    }

    private void Expand(NetworkView view)
    {
        var candidates = view.Relays.Where(_selector.CanBeGuard).ToList();
        var largest = Math.Min(_parameters.MaxSample, Math.Max(_parameters.MinFilteredSample, candidates.Count * _parameters.MaxSamplePercent / 100));
        var sampled = _sample.Select(g => g.Fingerprint).ToHashSet();
        candidates.RemoveAll(c => sampled.Contains(c.Fingerprint));
        while (_sample.Count < largest && _sample.Count(g => g.Node is not null) < _parameters.MinFilteredSample
            && _selector.Pick(view, candidates, PathPosition.Guard) is { } node)
        {
            candidates.Remove(node);
            _sample.Add(new SampledGuard(node.Fingerprint, Blur(_context.Now, _parameters.Lifetime)) { Node = node });
            GuardLog.Sampled(_logger, node.Fingerprint);
        }
    }

    /// <summary>Confirmed guards first, then those that were primary already, then the sample in its order.</summary>
    private void ChoosePrimary()
    {
        var before = _primary.ToHashSet();
        _sample.ForEach(g => g.IsPrimary = false);
        _primary = [.. _sample.Where(g => g.Node is not null)
            .OrderBy(g => g.ConfirmedIndex).ThenBy(g => before.Contains(g) ? 0 : 1)
            .Take(_parameters.PrimaryGuards)];
        _primary.ForEach(g => g.IsPrimary = true);
    }

    private void Confirm(SampledGuard guard, DateTimeOffset now)
    {
        guard.ConfirmedOn = Blur(now, _parameters.ConfirmedLifetime);
        guard.ConfirmedIndex = 1 + _sample.Where(g => g.ConfirmedIndex != int.MaxValue).Select(g => g.ConfirmedIndex).DefaultIfEmpty(-1).Max();
        GuardLog.Confirmed(_logger, guard.Fingerprint);
        if (!guard.IsPrimary)
        {
            ChoosePrimary();
        }

        Save();
    }

    /// <summary>A date up to a tenth of the lifetime ago, so that the file does not tell when it began.</summary>
    private DateTimeOffset Blur(DateTimeOffset date, TimeSpan lifetime) => date - (lifetime / 10 * _context.Random.NextDouble());

    private SampledGuard? Find(RelayFingerprint fingerprint) => _sample.Find(g => g.Fingerprint == fingerprint);

    private void Save() => _file.Save(new GuardState { Sampled = [.. _sample.Select(g => g.ToRecord())] });
}
