using Microsoft.Extensions.Logging;
using OnionHost.Protocol.Cryptography;

namespace OnionHost.Network;

/// <summary>What every part of a node needs from outside: time, randomness and a place to log.</summary>
/// <param name="Time">The clock and the timers.</param>
/// <param name="Random">Where random bytes come from.</param>
/// <param name="Loggers">Makes the loggers.</param>
internal sealed record NodeContext(TimeProvider Time, IRandomSource Random, ILoggerFactory Loggers)
{
    // A timer does not count the time that a machine is asleep: look at the clock now and then.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(1);

    // Less than this the clock may be corrected at any time, and it is waited for as long as it takes.
    private static readonly TimeSpan ClockJump = TimeSpan.FromMinutes(1);

    /// <summary>The present time.</summary>
    public DateTimeOffset Now => Time.GetUtcNow();

    /// <summary>Waits until the clock says so, also when it is set or the machine sleeps meanwhile: within a minute then.</summary>
    /// <returns>False if the clock was set back, so that the moment is farther away after the wait than it was: choose another.</returns>
    public async Task<bool> WaitUntilAsync(DateTimeOffset moment, CancellationToken cancellationToken)
    {
        var (away, since) = (moment - Now, Time.GetTimestamp());
        while (moment - Now is { Ticks: > 0 } left)
        {
            if (left > ClockJump && Time.GetElapsedTime(since) >= away)
            {
                return false;
            }

            using var given = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

            // Timers drop fractions of a millisecond: sleep past the moment, not up to it.
            var wait = TimeSpan.FromMilliseconds(Math.Ceiling(Math.Min(left.TotalMilliseconds, LongestSleep.TotalMilliseconds)));
            var timer = Task.Delay(wait, Time, given.Token);
            if (moment <= Now)
            {
                // The moment came while the timer was set, which then runs for too long.
                await given.CancelAsync();
                break;
            }

            await timer;
        }

        cancellationToken.ThrowIfCancellationRequested();
        return true;
    }
}
