using System.Collections.Frozen;
using OnionHost.Network.Circuits;
using OnionHost.Protocol;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Paths;

/// <summary>
/// The exit circuits of a client: which of them a stream may use, which are to be built, and which have had their day.
/// It only keeps the books; the pool builds and closes. Safe for concurrent use.
/// </summary>
internal sealed class ExitCircuits(TimeProvider time, PathSelector selector, CircuitPoolOptions options)
{
    private static readonly FrozenSet<RelayFingerprint> None = FrozenSet<RelayFingerprint>.Empty;

    private readonly Lock _lock = new();
    private readonly List<ExitCircuit> _circuits = [];

    /// <summary>Circuits kept now, those being built included.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _circuits.Count;
            }
        }
    }

    /// <summary>
    /// The circuit for a stream: one that the owner uses already, else a clean one, else a new one that the caller has to
    /// build (<paramref name="isNew"/>). The stream counts until <see cref="Release"/>.
    /// </summary>
    /// <exception cref="TorException">There are too many circuits.</exception>
    public ExitCircuit Claim(ExitNeed need, IsolationKey owner, IReadOnlySet<RelayFingerprint> avoid, out bool isNew)
    {
        lock (_lock)
        {
            var usable = _circuits.Where(c => TakesStreams(c) && c.Serves(need, avoid, selector)).ToList();
            var circuit = usable.Find(c => c.Owner == owner && c.IsBuilt)
                ?? usable.Find(c => c.Owner is null && c.IsBuilt)
                ?? usable.Find(c => c.Owner == owner)
                ?? usable.Find(c => c.Owner is null);
            isNew = circuit is null;
            circuit ??= Add(need, avoid);
            circuit.Owner = owner;
            circuit.FirstUsed ??= time.GetUtcNow();
            circuit.Opening++;
            return circuit;
        }
    }

    /// <summary>The stream of a <see cref="Claim"/> is open, or was given up.</summary>
    public void Release(ExitCircuit circuit)
    {
        lock (_lock)
        {
            circuit.Opening--;
        }
    }

    /// <summary>The circuit takes no new streams.</summary>
    public void Spend(ExitCircuit circuit)
    {
        lock (_lock)
        {
            circuit.IsSpent = true;
        }
    }

    /// <summary>A clean circuit to be built ahead for the need; null if there are enough.</summary>
    public ExitCircuit? AddAhead(ExitNeed need)
    {
        lock (_lock)
        {
            var clean = _circuits.Count(c => c.Owner is null && TakesStreams(c) && c.Serves(need, None, selector));
            return clean < options.CleanPerPort && _circuits.Count < options.MaxCircuits ? Add(need, None) : null;
        }
    }

    /// <summary>Takes out every circuit whose time is over and that carries no stream; the caller closes them.</summary>
    public IReadOnlyList<ClientCircuit> Retire()
    {
        lock (_lock)
        {
            var over = _circuits.Where(c => c.IsDead || (c.IsBuilt && !TakesStreams(c) && c.Opening == 0 && c.Ready.Result.OpenStreams == 0)).ToList();
            over.ForEach(c => _circuits.Remove(c));
            return [.. over.Where(c => c.IsBuilt).Select(c => c.Ready.Result)];
        }
    }

    /// <summary>The circuits that somebody's streams have gone over.</summary>
    public IReadOnlyList<ClientCircuit> InUse()
    {
        lock (_lock)
        {
            return [.. _circuits.Where(c => c.Owner is not null && c.IsBuilt && !c.IsDead).Select(c => c.Ready.Result)];
        }
    }

    /// <summary>Takes out everything.</summary>
    public IReadOnlyList<ExitCircuit> Clear()
    {
        lock (_lock)
        {
            var all = _circuits.ToList();
            _circuits.Clear();
            return all;
        }
    }

    private ExitCircuit Add(ExitNeed need, IReadOnlySet<RelayFingerprint> avoid)
    {
        if (_circuits.Count >= options.MaxCircuits)
        {
            throw new TorException(TorErrorKind.Local,
                $"This client has {options.MaxCircuits} circuits, its limit. Use fewer isolation keys, or wait until connections end.", isTransient: true);
        }

        var circuit = new ExitCircuit(need, avoid, time.GetUtcNow());
        _circuits.Add(circuit);
        return circuit;
    }

    private bool TakesStreams(ExitCircuit circuit)
    {
        var now = time.GetUtcNow();
        return !circuit.IsSpent && !circuit.IsDead
            && (circuit.FirstUsed is { } used ? now - used < options.MaxDirtiness : now - circuit.Created < options.MaxIdle);
    }
}
