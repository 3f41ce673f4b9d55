namespace OnionHost.Network;

/// <summary>Tasks that others wait for, each as long as they like: perhaps nobody is left when one fails.</summary>
internal static class SharedWork
{
    /// <summary>The same task. If it fails, nobody has to hear of it.</summary>
    public static Task<T> MayFailUnheard<T>(this Task<T> task)
    {
        _ = task.ContinueWith(
            static failed => failed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return task;
    }
}
