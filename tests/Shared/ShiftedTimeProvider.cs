namespace OnionHost.Tests.Shared;

/// <summary>Another clock's time, ahead by an offset that can be changed as somebody changes a machine's clock; timers do not notice.</summary>
internal sealed class ShiftedTimeProvider(TimeProvider clock) : TimeProvider
{
    private long _offset;

    /// <summary>How far ahead it is; negative: behind.</summary>
    public TimeSpan Offset
    {
        get => TimeSpan.FromTicks(Interlocked.Read(ref _offset));
        set => Interlocked.Exchange(ref _offset, value.Ticks);
    }

    public override long TimestampFrequency => clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow() + Offset;

    public override long GetTimestamp() => clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        clock.CreateTimer(callback, state, dueTime, period);
}
