using OnionHost.Protocol;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Streams;

/// <summary>The streams of one edge by id, and those that were closed lately. Bounded.</summary>
internal sealed class StreamTable(int limit)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<StreamId, IEdgeStream> _open = [];
    private readonly HalfClosedStreams _halfClosed = new();
    private ushort _last;
    private TorException? _closed;

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _open.Count;
            }
        }
    }

    public IEdgeStream? Find(StreamId id)
    {
        lock (_lock)
        {
            return _open.GetValueOrDefault(id);
        }
    }

    /// <summary>The streams that are open now.</summary>
    public IReadOnlyList<IEdgeStream> All()
    {
        lock (_lock)
        {
            return [.. _open.Values];
        }
    }

    /// <summary>Adds a stream of ours under a free id. Null if there are too many.</summary>
    /// <exception cref="TorException">The circuit is closed; the exception says why.</exception>
    public T? Open<T>(IRandomSource random, Func<StreamId, T> create, Func<T, IEdgeStream> handle)
        where T : class
    {
        lock (_lock)
        {
            ThrowIfClosed();
            if (_open.Count >= limit)
            {
                return null;
            }

            // A random start, so that the id tells nobody how many streams the circuit had.
            var next = _last == 0 ? (ushort)random.Next(ushort.MaxValue + 1) : _last;
            do
            {
                next++;
            }
            while (next == 0 || _open.ContainsKey(new StreamId(next)) || _halfClosed.Contains(new StreamId(next)));

            _last = next;
            var stream = create(new StreamId(next));
            _open.Add(new StreamId(next), handle(stream));
            return stream;
        }
    }

    /// <summary>Adds a stream of the peer's; false if there are too many, or the circuit is closed.</summary>
    public bool TryAdd(StreamId id, IEdgeStream stream)
    {
        lock (_lock)
        {
            if (_closed is not null || _open.Count >= limit || !_open.TryAdd(id, stream))
            {
                return false;
            }

            _halfClosed.Remove(id); // The peer chooses its ids, and knows by now that the old stream is gone.
            return true;
        }
    }

    /// <summary>Forgets a stream; with <paramref name="halfClosed"/> its id is remembered, as the peer may not know yet.</summary>
    public void Remove(StreamId id, bool halfClosed)
    {
        lock (_lock)
        {
            if (_open.Remove(id) && halfClosed)
            {
                _halfClosed.Add(id);
            }
        }
    }

    /// <summary>END came for a stream that we closed: its id is free again.</summary>
    public void Release(StreamId id)
    {
        lock (_lock)
        {
            _halfClosed.Remove(id);
        }
    }

    /// <summary>Takes all streams out; none can be added any more.</summary>
    public IReadOnlyList<IEdgeStream> Close(TorException cause)
    {
        lock (_lock)
        {
            _closed ??= cause;
            IEdgeStream[] all = [.. _open.Values];
            _open.Clear();
            return all;
        }
    }

    private void ThrowIfClosed()
    {
        if (_closed is not null)
        {
            throw _closed;
        }
    }
}
