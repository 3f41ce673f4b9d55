using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Links;

/// <summary>The circuits on one link, by their numbers.</summary>
internal sealed class LinkCircuits(TimeProvider time, LinkWriter writer, int limit, ILogger logger)
{
    private readonly ConcurrentDictionary<uint, LinkSlot> _slots = new();
    private int _count;
    private long _idleSince = time.GetTimestamp();

    /// <summary>How many there are.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>All of them now.</summary>
    public IReadOnlyList<ILinkCircuit> Snapshot() => [.. _slots.Values.Select(slot => slot.Circuit)];

    /// <summary>True if no more are taken.</summary>
    public bool IsFull => Count >= limit;

    /// <summary>How long there was none; zero while there is one.</summary>
    public TimeSpan IdleFor => Count > 0 ? TimeSpan.Zero : time.GetElapsedTime(Interlocked.Read(ref _idleSince));

    /// <summary>The circuit of a number; null if there is none.</summary>
    public LinkSlot? Find(CircuitId id) => _slots.GetValueOrDefault(id.Value);

    /// <summary>Adds a circuit; null if its number is taken or the link full.</summary>
    public LinkSlot? TryAdd(CircuitId id, ILinkCircuit circuit)
    {
        var slot = new LinkSlot(id, circuit, writer.CreateQueue());
        if (IsFull || !_slots.TryAdd(id.Value, slot))
        {
            return null;
        }

        Interlocked.Increment(ref _count);
        return slot;
    }

    /// <summary>Takes a circuit off and drops what it has queued; false if somebody else did.</summary>
    public bool Remove(LinkSlot slot)
    {
        if (!_slots.TryRemove(new KeyValuePair<uint, LinkSlot>(slot.Id.Value, slot)))
        {
            return false;
        }

        writer.Drop(slot.Queue);
        if (Interlocked.Decrement(ref _count) == 0)
        {
            Interlocked.Exchange(ref _idleSince, time.GetTimestamp());
        }

        return true;
    }

    /// <summary>Adds the circuits that have cells waiting, each with the time of its oldest.</summary>
    public void CollectWaiting(Link link, List<WaitingCells> waiting)
    {
        foreach (var slot in _slots.Values)
        {
            if (slot.Queue.Count > 0 && writer.OldestSince(slot.Queue) is { } since)
            {
                waiting.Add(new WaitingCells(link, slot, since));
            }
        }
    }

    /// <summary>Takes all off and tells them that the link closed.</summary>
    public void Clear()
    {
        foreach (var slot in _slots.Values)
        {
            if (Remove(slot))
            {
                Tell(slot);
            }
        }
    }

    /// <summary>Tells a circuit that the link closed for it. Not on this thread: the caller may hold the circuit's lock.</summary>
    public void Tell(LinkSlot slot) => ThreadPool.UnsafeQueueUserWorkItem(
        static state =>
        {
            try
            {
                state.slot.Circuit.OnLinkClosed();
            }
            catch (Exception e)
            {
                LinkLog.CircuitFault(state.logger, e, state.slot.Id);
            }
        },
        (logger, slot),
        preferLocal: false);
}
