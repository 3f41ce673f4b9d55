using OnionHost.Tests.Shared;

namespace OnionHost.FunctionalTests;

/// <summary>
/// Moves a virtual clock while real sockets do the work: slowly while something is awaited, so that no time limit strikes
/// by mistake, in strides while nothing is.
/// </summary>
internal sealed class VirtualDays(DateTimeOffset start)
{
    /// <summary>Virtual time that passes with each look at what is awaited.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    /// <summary>The same where minutes of waiting are expected: a request over loopback still ends long before its limit.</summary>
    private static readonly TimeSpan LongTick = TimeSpan.FromSeconds(1);

    /// <summary>Real time between two looks.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    public ManualTimeProvider Clock { get; } = new(start);

    /// <summary>Lets time pass while a task runs.</summary>
    public async Task<T> WhileAsync<T>(Task<T> task)
    {
        await WhileAsync((Task)task);
        return await task;
    }

    /// <summary>Lets time pass while a task runs.</summary>
    public async Task WhileAsync(Task task)
    {
        while (await Task.WhenAny(task, Task.Delay(Pause)) != task)
        {
            Clock.Advance(Tick);
        }

        await task;
    }

    /// <summary>Lets time pass until something is so.</summary>
    public async Task UntilAsync(Func<bool> isDone, CancellationToken stop)
    {
        while (!isDone())
        {
            Clock.Advance(LongTick);
            await Task.Delay(Pause, stop);
        }
    }

    /// <summary>Moves on to a moment, in strides, and leaves the work that each wakes a little real time.</summary>
    public async Task PassUntilAsync(DateTimeOffset moment, TimeSpan stride, CancellationToken stop)
    {
        while (Clock.GetUtcNow() < moment)
        {
            var next = Clock.GetUtcNow() + stride;
            Clock.AdvanceTo(next < moment ? next : moment);
            await Task.Delay(Pause * 3, stop);
        }
    }
}
