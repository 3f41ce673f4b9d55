namespace OnionHost.Network.Links.Traffic;

/// <summary>
/// How fast one reader may read: within its own bucket and the node's. It gets at most an eighth of what the node has left
/// at a time, so that one busy link does not take all, and while nothing is left it waits without reading.
/// </summary>
internal sealed class ReadPace(TimeProvider time, TokenBucket? node, TokenBucket? own)
{
    /// <summary>What is read at least once there is anything, in bytes; the debt is paid first then.</summary>
    private const int SmallestRead = 4 * 1024;

    private const int LargestShare = 32 * 1024;
    private const int Shares = 8;

    /// <summary>One waits for this part of a second's tokens: waking for single bytes costs more than they carry.</summary>
    private const int PortionsPerSecond = 20;

    /// <summary>How many of <paramref name="wanted"/> bytes may be read, as soon as any may; 0 if the reader is being closed.</summary>
    public ValueTask<int> AllowAsync(int wanted, CancellationToken closing) =>
        Allowed(wanted) is > 0 and var count ? new ValueTask<int>(count) : WaitAsync(wanted, closing);

    /// <summary>So many bytes were read.</summary>
    public void Spend(int bytes)
    {
        node?.Spend(bytes);
        own?.Spend(bytes);
    }

    private static TimeSpan WaitOf(TokenBucket? bucket) => bucket?.Until(Math.Max(1, bucket.Rate / PortionsPerSecond)) ?? TimeSpan.Zero;

    private int Allowed(int wanted)
    {
        var shared = node?.Available ?? double.MaxValue;
        var single = own?.Available ?? double.MaxValue;
        return shared <= 0 || single <= 0
            ? 0
            : (int)Math.Min(wanted, Math.Min(Math.Clamp(shared / Shares, SmallestRead, LargestShare), Math.Max(single, SmallestRead)));
    }

    private async ValueTask<int> WaitAsync(int wanted, CancellationToken closing)
    {
        while (!closing.IsCancellationRequested)
        {
            var (shared, single) = (WaitOf(node), WaitOf(own));

            // Timers drop fractions of a millisecond: wait past the moment, not up to it.
            await Task.Delay((shared > single ? shared : single) + TimeSpan.FromMilliseconds(1), time, closing)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (Allowed(wanted) is > 0 and var count)
            {
                return count;
            }
        }

        return 0;
    }
}
