using OnionHost.Network;

namespace OnionHost.Rendezvous.Introductions;

/// <summary>
/// A service's introduction points: those that visitors are told, and replaced ones that still stand for a while, for visitors
/// who hold an older descriptor. Safe for concurrent use.
/// </summary>
internal sealed class IntroductionRoster(NodeContext context, int wanted)
{
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(30);

    private readonly Lock _lock = new();
    private readonly List<IntroductionPoint> _standing = [];
    private readonly List<(IntroductionPoint Point, DateTimeOffset CloseAt)> _retiring = [];
    private bool _isClosed;
    private int _version;

    /// <summary>The points that visitors may be told, oldest first.</summary>
    public IReadOnlyList<IntroductionPoint> Standing
    {
        get
        {
            lock (_lock)
            {
                return [.. _standing];
            }
        }
    }

    /// <summary>Grows with every point that comes or goes.</summary>
    public int Version => Volatile.Read(ref _version);

    /// <summary>How many good points are missing. Points that are worn out stay listed until their successors stand.</summary>
    public int Missing
    {
        get
        {
            lock (_lock)
            {
                return MissingLocked();
            }
        }
    }

    /// <summary>Lists a point; false if none is missing, or its relay is another's already.</summary>
    public bool TryAdd(IntroductionPoint point)
    {
        lock (_lock)
        {
            if (_isClosed || MissingLocked() == 0 || _standing.Any(other => other.Circuit.Relay.Fingerprint == point.Circuit.Relay.Fingerprint))
            {
                return false;
            }

            _standing.Add(point);
            _version++;
            return true;
        }
    }

    /// <summary>Takes the dead points off the list, or all that are not good any more; true if there were any.</summary>
    public bool Retire(bool onlyDead)
    {
        lock (_lock)
        {
            var now = context.Now;
            var gone = _standing.FindAll(point => onlyDead ? point.Circuit.Closed.IsCompleted : !point.IsGood(now));
            _standing.RemoveAll(gone.Contains);
            _retiring.AddRange(gone.Select(point => (point, point.MustGo || point.Circuit.Closed.IsCompleted ? now : now + Grace)));
            _version += gone.Count;
            return gone.Count > 0;
        }
    }

    /// <summary>The replaced points whose time is over; the caller closes them.</summary>
    public IReadOnlyList<IntroductionPoint> TakeDue()
    {
        lock (_lock)
        {
            var now = context.Now;
            List<IntroductionPoint> due = [.. _retiring.Where(entry => entry.CloseAt <= now).Select(entry => entry.Point)];
            _retiring.RemoveAll(entry => due.Contains(entry.Point));
            return due;
        }
    }

    /// <summary>All points, for good; the caller closes them.</summary>
    public IReadOnlyList<IntroductionPoint> TakeAll()
    {
        lock (_lock)
        {
            _isClosed = true;
            List<IntroductionPoint> all = [.. _standing, .. _retiring.Select(entry => entry.Point)];
            _standing.Clear();
            _retiring.Clear();
            return all;
        }
    }

    private int MissingLocked()
    {
        var now = context.Now;
        return Math.Max(0, wanted - _standing.Count(point => point.IsGood(now)));
    }
}
