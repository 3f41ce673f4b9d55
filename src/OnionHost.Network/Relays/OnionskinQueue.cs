using OnionHost.Network.Circuits;

namespace OnionHost.Network.Relays;

/// <summary>
/// Handshakes that wait for a worker. Links take turns, so that one that asks for thousands of circuits waits for itself:
/// a client's gets one at a time, a relay's eight, since it speaks for many clients. Bounded in number; once half of the
/// room is taken, a link may hold no more than its part of the other half. Thread safe.
/// </summary>
internal sealed class OnionskinQueue(TimeProvider time, int capacity)
{
    private const int ClientShare = 1;
    private const int RelayShare = 8;

    private readonly Lock _lock = new();
    private readonly Dictionary<ICircuitLink, Line> _lines = [];
    private readonly Queue<Line> _turns = new();
    private int _count;
    private int _shares;
    private bool _isClosed;

    /// <summary>How many wait.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Puts a handshake in its link's line; false if there is no room for it.</summary>
    public bool TryAdd(Onionskin onionskin)
    {
        lock (_lock)
        {
            var link = onionskin.Circuit.Previous;
            var isNew = !_lines.TryGetValue(link, out var line);
            line ??= new Line(link, link.Peer.IsAuthenticated ? RelayShare : ClientShare);
            if (_isClosed || _count >= capacity || (_count >= capacity / 2 && line.Waiting.Count >= PartOf(line, isNew)))
            {
                return false;
            }

            if (isNew)
            {
                _lines.Add(link, line);
                _turns.Enqueue(line);
                _shares += line.Share;
            }

            line.Waiting.Enqueue((onionskin, time.GetTimestamp()));
            _count++;
            return true;
        }
    }

    /// <summary>Takes the next handshake; false if none waits.</summary>
    /// <param name="onionskin">The handshake.</param>
    /// <param name="age">How long it waited.</param>
    public bool TryTake(out Onionskin onionskin, out TimeSpan age)
    {
        lock (_lock)
        {
            if (!_turns.TryPeek(out var line))
            {
                (onionskin, age) = (default, default);
                return false;
            }

            (onionskin, var since) = line.Waiting.Dequeue();
            age = time.GetElapsedTime(since);
            _count--;
            EndTurn(line);
            return true;
        }
    }

    /// <summary>Drops what waits, and takes nothing more.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            _lines.Clear();
            _turns.Clear();
            _count = 0;
        }
    }

    private int PartOf(Line line, bool isNew) => Math.Max(1, capacity / 2 * line.Share / (_shares + (isNew ? line.Share : 0)));

    private void EndTurn(Line line)
    {
        if (line.Waiting.Count == 0)
        {
            _turns.Dequeue();
            _lines.Remove(line.Link);
            _shares -= line.Share;
        }
        else if (++line.Taken >= line.Share)
        {
            line.Taken = 0;
            _turns.Enqueue(_turns.Dequeue());
        }
    }

    private sealed class Line(ICircuitLink link, int share)
    {
        public ICircuitLink Link => link;

        public int Share => share;

        public Queue<(Onionskin Onionskin, long Since)> Waiting { get; } = new();

        public int Taken { get; set; }
    }
}
