namespace OnionHost.Network.Congestion;

/// <summary>
/// What the streams of one circuit may hold together beyond the limits at which they said XOFF. A peer that obeys sends a
/// window of cells more at most; one that does not would fill the memory.
/// </summary>
internal sealed class StreamBudget
{
    /// <summary>Bytes for one stream: twice the largest window that slow start reaches.</summary>
    public const long ForOne = 10_000 * 498;

    /// <summary>Bytes for all of them.</summary>
    public const long ForAll = 64 * 1024 * 1024;

    private long _used;

    /// <summary>A stream's excess changed; false if that is too much.</summary>
    public bool TryChange(long by) => Interlocked.Add(ref _used, by) <= ForAll;
}
