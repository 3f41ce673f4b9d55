using OnionHost.Tests.Shared;

namespace OnionHost.Rendezvous.Tests.Support;

/// <summary>Moves a virtual clock as fast as the work that waits for it gets done.</summary>
internal static class VirtualTime
{
    private static readonly TimeSpan LastChance = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Lets queued work run, and moves the clock from timer to timer in small steps, until the condition holds or the time is
    /// over. Then the work that is left may still bring the condition about.
    /// </summary>
    public static async Task<bool> RunUntilAsync(this ManualTimeProvider clock, Func<bool> condition, TimeSpan atMost)
    {
        if (await clock.MoveAsync(condition, atMost))
        {
            return true;
        }

        var left = System.Diagnostics.Stopwatch.StartNew();
        while (left.Elapsed < LastChance)
        {
            if (await SettleAsync(condition))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Moves the clock by a span, timer by timer.</summary>
    public static Task RunAsync(this ManualTimeProvider clock, TimeSpan span) => clock.MoveAsync(() => false, span);

    private static async Task<bool> MoveAsync(this ManualTimeProvider clock, Func<bool> condition, TimeSpan atMost)
    {
        var end = clock.GetUtcNow() + atMost;
        var step = TimeSpan.FromTicks(Math.Max(TimeSpan.TicksPerSecond, atMost.Ticks / 300));
        while (!await SettleAsync(condition))
        {
            var now = clock.GetUtcNow();
            if (now >= end)
            {
                return false;
            }

            var next = clock.NextDue is { } due && due < now + step ? due : now + step;
            clock.AdvanceTo(next < end ? next : end);
        }

        return true;
    }

    private static async Task<bool> SettleAsync(Func<bool> condition)
    {
        for (var i = 0; i < 25; i++)
        {
            if (condition())
            {
                return true;
            }

            await Task.Run(() => { });
        }

        return condition();
    }
}
