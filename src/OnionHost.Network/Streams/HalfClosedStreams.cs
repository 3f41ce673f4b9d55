using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Streams;

/// <summary>
/// Ids of streams that we closed and whose peer may not know yet: their late cells are no offence, and the ids are not
/// used again while they are remembered. Bounded; the oldest goes first. Guarded by the stream table's lock.
/// </summary>
internal sealed class HalfClosedStreams
{
    /// <summary>How many are remembered.</summary>
    public const int Capacity = 512;

    private readonly Queue<StreamId> _order = new();
    private readonly HashSet<StreamId> _ids = [];

    public int Count => _ids.Count;

    public bool Contains(StreamId id) => _ids.Contains(id);

    public void Add(StreamId id)
    {
        if (!_ids.Add(id))
        {
            return;
        }

        _order.Enqueue(id);
        while (_ids.Count > Capacity || _order.Count > 2 * Capacity)
        {
            _ids.Remove(_order.Dequeue());
        }
    }

    public bool Remove(StreamId id) => _ids.Remove(id);
}
