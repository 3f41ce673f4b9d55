using System.Diagnostics;
using OnionHost.Tests.Shared;

namespace OnionHost.Rendezvous.Tests.Support;

/// <summary>Moves a virtual clock from timer to timer, but never while the loops of a service still work.</summary>
internal static class VirtualTime
{
    // A service at rest waits at two timers: one for its introduction points, one for its descriptors.
    private const int TimersAtRest = 2;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan RealLimit = TimeSpan.FromSeconds(90);

    /// <summary>Moves the clock until the condition holds; false if it does not within 90 s of real time.</summary>
    public static Task<bool> RunUntilAsync(this ManualTimeProvider clock, Func<bool> condition) =>
        clock.MoveAsync(condition, DateTimeOffset.MaxValue);

    /// <summary>Moves the clock by a span.</summary>
    public static Task RunAsync(this ManualTimeProvider clock, TimeSpan span) => clock.MoveAsync(() => false, clock.GetUtcNow() + span);

    /// <summary>Lets the pauses between a visitor's looks at the directories pass until he is done, and nothing longer.</summary>
    public static async Task<T> PausesOfAsync<T>(this ManualTimeProvider clock, Task<T> visit)
    {
        Assert.True(await HappensAsync(() =>
        {
            if (clock.NextDueOfThoseSetFor(LongestPause) is { } due)
            {
                clock.AdvanceTo(due);
            }

            return visit.IsCompleted;
        }));
        return await visit;
    }

    /// <summary>Waits for something that needs no time to pass; false if it does not happen within 90 s of real time.</summary>
    public static async Task<bool> HappensAsync(Func<bool> condition)
    {
        var real = Stopwatch.StartNew();
        while (!condition())
        {
            if (real.Elapsed > RealLimit)
            {
                return false;
            }

            await Task.Delay(1);
        }

        return true;
    }

    private static async Task<bool> MoveAsync(this ManualTimeProvider clock, Func<bool> condition, DateTimeOffset end)
    {
        var real = Stopwatch.StartNew();
        while (real.Elapsed < RealLimit)
        {
            await HappensAsync(() => condition() || clock.Waiting >= TimersAtRest);
            if (condition() || clock.GetUtcNow() >= end)
            {
                return condition();
            }

            clock.AdvanceTo(clock.NextDue is { } next && next < end ? next : end);
        }

        return condition();
    }
}
