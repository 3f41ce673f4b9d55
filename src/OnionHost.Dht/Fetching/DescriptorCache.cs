using OnionHost.Dht.Descriptors;

namespace OnionHost.Dht.Fetching;

/// <summary>The descriptors that a client holds, at most 256; the one that is used up first makes room. Safe for concurrent use.</summary>
internal sealed class DescriptorCache
{
    /// <summary>How many descriptors are kept.</summary>
    public const int Capacity = 256;

    private readonly Lock _lock = new();
    private readonly Dictionary<FetchKey, (FetchedDescriptor Descriptor, DateTimeOffset Expires)> _entries = [];

    /// <summary>The descriptor, if it is here and may still be used.</summary>
    public FetchedDescriptor? Find(in FetchKey key, DateTimeOffset now)
    {
        lock (_lock)
        {
            return _entries.TryGetValue(key, out var entry) && now < entry.Expires ? entry.Descriptor : null;
        }
    }

    /// <summary>Keeps a descriptor unless a newer revision is here; gives the one that is kept.</summary>
    public FetchedDescriptor Add(in FetchKey key, FetchedDescriptor descriptor, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out var present) && now < present.Expires && present.Descriptor.Revision > descriptor.Revision)
            {
                return present.Descriptor;
            }

            _entries[key] = (descriptor, now + descriptor.Lifetime);
            if (_entries.Count > Capacity)
            {
                _entries.Remove(_entries.MinBy(entry => entry.Value.Expires).Key);
            }

            return descriptor;
        }
    }
}
