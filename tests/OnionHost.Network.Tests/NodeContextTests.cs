using Microsoft.Extensions.Logging.Abstractions;
using OnionHost.Protocol.Cryptography;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests;

public class NodeContextTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ManualTimeProvider _clock = new(new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15_001)]
    [InlineData(600_000_000)]
    [InlineData(72_000_000_000)]
    public async Task A_moment_is_waited_for_to_the_tick(long ticks)
    {
        var moment = _clock.GetUtcNow().AddTicks(ticks);
        var wait = Context(_clock).WaitUntilAsync(moment, CancellationToken.None);
        Assert.Equal(ticks == 0, wait.IsCompleted);
        _clock.AdvanceTo(moment.AddTicks(-1));
        Assert.Equal(ticks == 0, wait.IsCompleted);
        while (_clock.GetUtcNow() < moment.AddMinutes(1) && !wait.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }

        await wait.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_clock_that_jumps_while_the_timer_is_set_is_noticed()
    {
        var moment = _clock.GetUtcNow().AddMinutes(1);
        var jumpy = new JumpyTime(_clock, () => _clock.AdvanceTo(moment));
        await Context(jumpy).WaitUntilAsync(moment, CancellationToken.None).WaitAsync(Patience);
        Assert.Equal(moment, _clock.GetUtcNow());
    }

    [Fact]
    public async Task Giving_up_ends_the_wait()
    {
        using var stop = new CancellationTokenSource();
        var wait = Context(_clock).WaitUntilAsync(_clock.GetUtcNow().AddHours(1), stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_wait_ends_without_its_moment_when_the_clock_was_set_back()
    {
        var time = new ShiftedTimeProvider(_clock) { Offset = TimeSpan.FromDays(2) };
        var wait = Context(time).WaitUntilAsync(time.GetUtcNow().AddSeconds(10), CancellationToken.None);
        time.Offset = TimeSpan.Zero;
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.False(await wait.WaitAsync(Patience));
    }

    private static NodeContext Context(TimeProvider time) => new(time, SystemRandomSource.Instance, NullLoggerFactory.Instance);

    private sealed class JumpyTime(ManualTimeProvider clock, Action jump) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            jump();
            return clock.CreateTimer(callback, state, dueTime, period);
        }
    }
}
