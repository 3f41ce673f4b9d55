using OnionHost.Protocol.Identities;

namespace OnionHost.Dht.Storage;

/// <summary>
/// The descriptors that a directory keeps, bounded in bytes; the one that expires first makes room. Safe for concurrent use.
/// </summary>
internal sealed class DescriptorStore
{
    /// <summary>Bytes of descriptor text kept by default: about 2000 full ones.</summary>
    public const int DefaultCapacity = 32 * 1024 * 1024;

    private const int Slack = 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<BlindedKey, StoredDescriptor> _descriptors = [];
    private readonly PriorityQueue<(BlindedKey Key, ulong Revision), DateTimeOffset> _byExpiry = new();
    private readonly long _capacity;
    private long _size;

    public DescriptorStore(long capacity = DefaultCapacity)
    {
        _capacity = capacity;
    }

    /// <summary>How many descriptors are kept.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _descriptors.Count;
            }
        }
    }

    /// <summary>The descriptor under a key; null if there is none, or it has expired.</summary>
    public StoredDescriptor? Find(in BlindedKey key, DateTimeOffset now)
    {
        lock (_lock)
        {
            return _descriptors.TryGetValue(key, out var descriptor) && now < descriptor.Expires ? descriptor : null;
        }
    }

    /// <summary>Keeps a descriptor; false if the one that is here has the same or a larger revision.</summary>
    public bool TryStore(in BlindedKey key, StoredDescriptor descriptor, DateTimeOffset now)
    {
        lock (_lock)
        {
            DropExpired(now);
            if (_descriptors.TryGetValue(key, out var present))
            {
                if (present.Revision >= descriptor.Revision)
                {
                    return false;
                }

                _size -= present.Text.Length;
            }

            _descriptors[key] = descriptor;
            Enqueue(key, descriptor);
            _size += descriptor.Text.Length;
            while (_size > _capacity)
            {
                DropFirst();
            }

            return true;
        }
    }

    private void DropExpired(DateTimeOffset now)
    {
        while (_byExpiry.TryPeek(out _, out var expires) && expires <= now)
        {
            DropFirst();
        }
    }

    /// <summary>Replaced descriptors leave their key and revision in the queue; it is made anew before these outnumber the others.</summary>
    private void Enqueue(in BlindedKey key, StoredDescriptor descriptor)
    {
        if (_byExpiry.Count > (2 * _descriptors.Count) + Slack)
        {
            _byExpiry.Clear();
            foreach (var (other, present) in _descriptors)
            {
                _byExpiry.Enqueue((other, present.Revision), present.Expires);
            }
        }
        else
        {
            _byExpiry.Enqueue((key, descriptor.Revision), descriptor.Expires);
        }
    }

    private void DropFirst()
    {
        var (key, revision) = _byExpiry.Dequeue();
        if (_descriptors.TryGetValue(key, out var present) && present.Revision == revision)
        {
            _descriptors.Remove(key);
            _size -= present.Text.Length;
        }
    }
}
