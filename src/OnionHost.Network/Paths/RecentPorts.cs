namespace OnionHost.Network.Paths;

/// <summary>Which ports were asked for lately: for them circuits are built ahead. Safe for concurrent use.</summary>
internal sealed class RecentPorts
{
    /// <summary>More are not predicted; the least recent are forgotten.</summary>
    private const int Most = 8;

    private readonly Lock _lock = new();
    private readonly Dictionary<int, DateTimeOffset> _lastUse = [];
    private readonly TimeProvider _time;
    private readonly TimeSpan _memory;

    public RecentPorts(TimeProvider time, TimeSpan memory, IEnumerable<int> first)
    {
        _time = time;
        _memory = memory;
        foreach (var port in first)
        {
            Use(port);
        }
    }

    /// <summary>Remembers a use.</summary>
    public void Use(int port)
    {
        lock (_lock)
        {
            _lastUse[port] = _time.GetUtcNow();
            if (_lastUse.Count > Most)
            {
                _lastUse.Remove(_lastUse.MinBy(p => p.Value).Key);
            }
        }
    }

    /// <summary>The ports used within the memory.</summary>
    public IReadOnlyList<int> Current()
    {
        lock (_lock)
        {
            var oldest = _time.GetUtcNow() - _memory;
            return [.. _lastUse.Where(p => p.Value >= oldest).Select(p => p.Key).Order()];
        }
    }
}
