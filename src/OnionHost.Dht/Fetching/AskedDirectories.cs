using OnionHost.Protocol.Identities;

namespace OnionHost.Dht.Fetching;

/// <summary>
/// Which directories were asked for which descriptor of late, so that a client whose introductions fail does not ask again and again for
/// what cannot have changed. Safe for concurrent use.
/// </summary>
internal sealed class AskedDirectories
{
    private const int Capacity = 4096;

    private readonly Lock _lock = new();
    private readonly Dictionary<(FetchKey Key, Ed25519Identity Directory), DateTimeOffset> _asked = [];

    /// <summary>True if the directory may be asked; then it counts as asked until <paramref name="now"/> + <paramref name="pause"/>.</summary>
    public bool TryAsk(in FetchKey key, in Ed25519Identity directory, DateTimeOffset now, TimeSpan pause)
    {
        lock (_lock)
        {
            if (_asked.TryGetValue((key, directory), out var until) && now < until)
            {
                return false;
            }

            if (_asked.Count >= Capacity)
            {
                Purge(now);
            }

            _asked[(key, directory)] = now + pause;
            return true;
        }
    }

    /// <summary>Forgets everything about a descriptor: the next user who wants it starts anew.</summary>
    public void Forget(FetchKey key)
    {
        lock (_lock)
        {
            foreach (var asked in _asked.Keys.Where(asked => asked.Key == key).ToList())
            {
                _asked.Remove(asked);
            }
        }
    }

    private void Purge(DateTimeOffset now)
    {
        foreach (var (asked, until) in _asked.ToList())
        {
            if (until <= now)
            {
                _asked.Remove(asked);
            }
        }

        if (_asked.Count >= Capacity)
        {
            _asked.Clear();
        }
    }
}
