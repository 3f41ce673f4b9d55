namespace OnionHost.FunctionalTests;

/// <summary>
/// Tells when this process has nothing left to do but to wait for time: no work is queued, and no thread runs or could run. On a
/// busy machine a thread that has not got its turn yet still counts as running, so nothing here depends on how fast it is.
/// </summary>
internal static class Quiescence
{
    /// <summary>Looks in a row that must find nothing: what loopback has in flight wakes a thread meanwhile.</summary>
    private const int Looks = 2;

    /// <summary>Where threads cannot be looked at, the pool must have done nothing for so many looks.</summary>
    private const int BlindLooks = 30;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    /// <summary>Blocks the calling thread, which must not be one that the work needs, until all is quiet.</summary>
    public static void Wait(CancellationToken stop)
    {
        var own = new FileInfo("/proc/thread-self").LinkTarget is { } link ? Path.GetFileName(link) : null;
        var needed = own is null ? BlindLooks : Looks;
        var done = ThreadPool.CompletedWorkItemCount;
        for (var quiet = 0; quiet < needed;)
        {
            stop.ThrowIfCancellationRequested();
            Thread.Sleep(Pause);
            var before = done;
            done = ThreadPool.CompletedWorkItemCount;

            // The threads are looked at last, since that takes the longest.
            var isQuiet = done == before && ThreadPool.PendingWorkItemCount == 0 && (quiet + 1 < needed || own is null || AllOthersSleep(own));
            quiet = isQuiet ? quiet + 1 : 0;
        }
    }

    private static bool AllOthersSleep(string own)
    {
        foreach (var thread in Directory.EnumerateDirectories("/proc/self/task"))
        {
            if (Path.GetFileName(thread) != own && State(thread) is not ('S' or 'Z' or 'X'))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The state in the thread's stat line, after its name in brackets; a thread that has ended is dead.</summary>
    private static char State(string thread)
    {
        Span<byte> line = stackalloc byte[128];
        try
        {
            using var stat = File.OpenHandle(Path.Combine(thread, "stat"));
            line = line[..RandomAccess.Read(stat, line, 0)];
        }
        catch (IOException)
        {
            return 'X';
        }

        var name = line.LastIndexOf((byte)')');
        return name > 0 && name + 2 < line.Length ? (char)line[name + 2] : 'X';
    }
}
