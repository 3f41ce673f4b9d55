using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;

namespace OnionHost.Rendezvous.Introductions;

/// <summary>
/// Remembers what was seen, at most <c>capacity</c> entries and at least half as many of the latest. Entries are kept as
/// hashes, so that nobody can fill it with anything larger.
/// </summary>
internal sealed class ReplayCache
{
    private readonly Lock _lock = new();
    private readonly int _half;
    private HashSet<Digest256> _young = [];
    private HashSet<Digest256> _old = [];

    /// <summary>Creates an empty one.</summary>
    public ReplayCache(int capacity)
    {
        _half = Math.Max(1, capacity / 2);
    }

    /// <summary>Entries that are remembered.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _young.Count + _old.Count;
            }
        }
    }

    /// <summary>Remembers it; false if it was seen before.</summary>
    public bool TryAdd(ReadOnlySpan<byte> seen)
    {
        Span<byte> hash = stackalloc byte[Digest256.Size];
        Sha3.Hash256(seen, hash);
        var digest = new Digest256(hash);
        lock (_lock)
        {
            if (_old.Contains(digest) || !_young.Add(digest))
            {
                return false;
            }

            if (_young.Count >= _half)
            {
                (_young, _old) = ([], _young);
            }

            return true;
        }
    }
}
