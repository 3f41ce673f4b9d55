using OnionHost.Network.Circuits;
using OnionHost.Network.Directory;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Paths;

/// <summary>An exit circuit of the pool, from the moment when it begins to be built. Its fields belong to the lock of <see cref="ExitCircuits"/>.</summary>
internal sealed class ExitCircuit(ExitNeed need, IReadOnlySet<RelayFingerprint> avoid, DateTimeOffset created)
{
    private readonly TaskCompletionSource<ClientCircuit> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What it is built for.</summary>
    public ExitNeed Need { get; } = need;

    /// <summary>Exits that refused what it is built for.</summary>
    public IReadOnlySet<RelayFingerprint> Avoid { get; } = avoid;

    public DateTimeOffset Created { get; } = created;

    /// <summary>Completes when it is built; faults when it cannot be.</summary>
    public Task<ClientCircuit> Ready => _ready.Task;

    /// <summary>The relay at its end, once it is built.</summary>
    public RelayNode? Exit { get; private set; }

    /// <summary>Whose streams it carries; null while nobody has used it.</summary>
    public IsolationKey? Owner { get; set; }

    /// <summary>When it got its first stream.</summary>
    public DateTimeOffset? FirstUsed { get; set; }

    /// <summary>Streams that are being opened on it.</summary>
    public int Opening { get; set; }

    /// <summary>Set when it takes no new streams, whatever its age.</summary>
    public bool IsSpent { get; set; }

    public bool IsBuilt => Ready.IsCompletedSuccessfully;

    /// <summary>True once nothing can come of it any more.</summary>
    public bool IsDead => Ready.IsFaulted || Ready.IsCanceled || (IsBuilt && !Ready.Result.IsOpen);

    public void Complete(ClientCircuit circuit, RelayNode exit)
    {
        Exit = exit;
        _ready.TrySetResult(circuit);
    }

    public void Fail(Exception failure)
    {
        _ready.TrySetException(failure);
        _ = _ready.Task.Exception; // Nobody has to wait for it.
    }

    /// <summary>True if it can serve the need: by its exit's policy once that is known, by what it is built for before.</summary>
    public bool Serves(ExitNeed need, IReadOnlySet<RelayFingerprint> avoid, PathSelector selector) =>
        Exit is null
            ? Need.Covers(need) && avoid.IsSubsetOf(Avoid)
            : !avoid.Contains(Exit.Fingerprint) && selector.CanBeExit(Exit, need);
}
