namespace OnionHost.InteropTests;

/// <summary>The system's clock, some time off: what a machine with a wrong date sees. Timers run as ever.</summary>
internal sealed class MovableClock : TimeProvider
{
    private long _offset;

    /// <summary>How far it is ahead.</summary>
    public TimeSpan Offset
    {
        get => TimeSpan.FromTicks(Volatile.Read(ref _offset));
        set => Volatile.Write(ref _offset, value.Ticks);
    }

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Offset;
}
