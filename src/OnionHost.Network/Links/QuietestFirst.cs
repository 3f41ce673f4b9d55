using OnionHost.Network.Links.Traffic;

namespace OnionHost.Network.Links;

/// <summary>
/// The circuits that wait on one link, ordered by how much they sent lately: the quietest goes first, so that somebody who
/// types is not stuck behind somebody who downloads. Activity is a count of cells that halves every half-life. Used under
/// the writer's lock.
/// </summary>
internal sealed class QuietestFirst(NodeTraffic traffic)
{
    /// <summary>Half-lives after which counting begins anew: 2^32 is far from where doubles lose single cells.</summary>
    private const double LongestEra = 32;

    private readonly PriorityQueue<CellQueue, Turn> _waiting = new();
    private TimeSpan _halfLife = traffic.PriorityHalfLife;
    private long _since = traffic.Time.GetTimestamp();
    private double _weight = 1;
    private double _lastScale;
    private int _era;
    private long _turns;

    /// <summary>Looks at the clock: instead of what was counted becoming less, what is counted now becomes more.</summary>
    public void BeginTurn()
    {
        var halfLives = traffic.Time.GetElapsedTime(_since) / _halfLife;
        if (halfLives > LongestEra || _halfLife != traffic.PriorityHalfLife)
        {
            BeginEra(double.Exp2(-halfLives));
            halfLives = 0;
        }

        _weight = double.Exp2(halfLives);
    }

    /// <summary>A queue has something to send.</summary>
    public void Add(CellQueue queue)
    {
        if (queue.Era != _era)
        {
            // What is older than the last era is forgotten: it has halved more than 32 times.
            queue.Activity = queue.Era == _era - 1 ? queue.Activity * _lastScale : 0;
            queue.Era = _era;
        }

        queue.IsWaiting = true;
        _waiting.Enqueue(queue, TurnOf(queue));
    }

    /// <summary>The queue whose turn it is, to take one cell from; null if none waits.</summary>
    public CellQueue? Next()
    {
        while (_waiting.TryPeek(out var queue, out _))
        {
            if (queue.Count > 0)
            {
                queue.Activity += _weight;
            }

            if (queue.Count > 1)
            {
                _waiting.DequeueEnqueue(queue, TurnOf(queue));
                return queue;
            }

            _waiting.Dequeue();
            queue.IsWaiting = false;
            if (queue.Count > 0)
            {
                return queue;
            }
        }

        return null;
    }

    /// <summary>Forgets all.</summary>
    public void Clear() => _waiting.Clear();

    private Turn TurnOf(CellQueue queue) => new(queue.Activity, _turns++);

    private void BeginEra(double scale)
    {
        _era++;
        _lastScale = scale;
        _halfLife = traffic.PriorityHalfLife;
        _since = traffic.Time.GetTimestamp();
        var waiting = _waiting.UnorderedItems.OrderBy(item => item.Priority).Select(item => item.Element).ToList();
        _waiting.Clear();
        waiting.ForEach(Add);
    }

    /// <summary>Among equally quiet ones the first that came goes first.</summary>
    private readonly struct Turn(double activity, long number) : IComparable<Turn>
    {
        private readonly double _activity = activity;
        private readonly long _number = number;

        public int CompareTo(Turn other) => _activity < other._activity ? -1
            : _activity > other._activity ? 1
            : _number.CompareTo(other._number);
    }
}
