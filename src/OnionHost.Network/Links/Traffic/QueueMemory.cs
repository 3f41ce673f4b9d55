namespace OnionHost.Network.Links.Traffic;

/// <summary>What the cells that wait on all links of a node take, against the node's limit (stock's MaxMemInQueues). Thread safe.</summary>
internal sealed class QueueMemory(long limit)
{
    private const long Gigabyte = 1L << 30;
    private const long Smallest = Gigabyte / 4;
    private const long Largest = 8 * Gigabyte;

    private long _used;

    /// <summary>Called, at once on the thread that queues, whenever the limit is exceeded: it must only see to it that somebody relieves.</summary>
    public Action? Exceeded { get; set; }

    /// <summary>Bytes that wait.</summary>
    public long Used => Volatile.Read(ref _used);

    /// <summary>Down to this is relieved: nine tenths of the limit.</summary>
    public long Target => limit / 10 * 9;

    /// <summary>The limit for a machine: most of a small one's memory, less than half of a large one's, 8 GB at most.</summary>
    public static long DefaultLimit(long machineBytes) =>
        Math.Clamp(machineBytes >= Largest ? machineBytes / 5 * 2 : machineBytes / 4 * 3, Smallest, Largest);

    /// <summary>More waits.</summary>
    public void Add(int bytes)
    {
        if (Interlocked.Add(ref _used, bytes) > limit)
        {
            Exceeded?.Invoke();
        }
    }

    /// <summary>Less waits.</summary>
    public void Remove(int bytes) => Interlocked.Add(ref _used, -bytes);
}
