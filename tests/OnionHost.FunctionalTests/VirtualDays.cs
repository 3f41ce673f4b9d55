using OnionHost.Tests.Shared;

namespace OnionHost.FunctionalTests;

/// <summary>
/// Moves a virtual clock while real sockets do the work: always from one due timer to the next, and only when all work that the
/// last one woke is done. So no time limit strikes because a machine is slow, and nothing is waited for longer than it takes.
/// </summary>
internal sealed class VirtualDays(DateTimeOffset start)
{
    /// <summary>Timers that are due within so long of each other are let off at once; no limit in the product is as short.</summary>
    private static readonly TimeSpan Together = TimeSpan.FromMilliseconds(500);

    /// <summary>Pauses of work that is under way are at most so long; what waits longer is a habit, or the limit of something.</summary>
    private static readonly TimeSpan ShortPause = TimeSpan.FromSeconds(5);

    /// <summary>The longest way at once, which is the pause between the authorities' tests of relays.</summary>
    private static readonly TimeSpan Stride = TimeSpan.FromMinutes(2);

    public ManualTimeProvider Clock { get; } = new(start);

    /// <summary>Lets time pass while a task runs.</summary>
    public async Task<T> WhileAsync<T>(Task<T> task, CancellationToken stop)
    {
        await WhileAsync((Task)task, stop);
        return await task;
    }

    /// <summary>Lets time pass while a task runs.</summary>
    public async Task WhileAsync(Task task, CancellationToken stop)
    {
        await UntilAsync(() => task.IsCompleted, stop);
        await task;
    }

    /// <summary>Lets time pass until something is so, from timer to timer.</summary>
    public Task UntilAsync(Func<bool> isDone, CancellationToken stop) => DriveAsync(isDone, ToNextTimer, stop);

    /// <summary>
    /// Lets time pass until a moment, and the work that is due by then be done: in strides, but from timer to timer while something
    /// that is under way pauses for a moment.
    /// </summary>
    public Task UntilAsync(DateTimeOffset moment, CancellationToken stop) =>
        DriveAsync(() => Clock.GetUtcNow() >= moment, () => Earlier(ToNextPause() ?? Clock.GetUtcNow() + Stride, moment), stop);

    // On a thread of its own: the pool's threads are for the work that is waited for.
    private Task DriveAsync(Func<bool> isDone, Func<DateTimeOffset> next, CancellationToken stop) =>
        Task.Factory.StartNew(
            () =>
            {
                for (Quiescence.Wait(stop); !isDone(); Quiescence.Wait(stop))
                {
                    Clock.AdvanceTo(next());
                }
            },
            stop,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

    // At most as far beyond the timer as it is away, so that what limits a wait never falls due together with its end.
    private DateTimeOffset ToNextTimer()
    {
        var now = Clock.GetUtcNow();
        var wait = Clock.NextDue is { } due && due - now < Stride ? due - now : Stride;
        return now + wait + (wait > Together ? wait : Together);
    }

    private DateTimeOffset? ToNextPause() =>
        Clock.NextDueOfThoseSetFor(ShortPause) is { } due && due - Clock.GetUtcNow() <= ShortPause ? due + Together : null;

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
