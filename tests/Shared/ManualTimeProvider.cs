namespace OnionHost.Tests.Shared;

/// <summary>A clock that stands still until a test moves it. Timers that fall due fire in order, on the thread pool.</summary>
internal sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly PriorityQueue<ManualTimer, (long Due, long Order)> _due = new();
    private long _order;
    private DateTimeOffset _now;

    public ManualTimeProvider(DateTimeOffset? start = null)
    {
        _now = start ?? new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return _now;
        }
    }

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    /// <summary>When the next timer falls due; null if there is none.</summary>
    public DateTimeOffset? NextDue
    {
        get
        {
            lock (_lock)
            {
                DropStale();
                return _due.TryPeek(out _, out var key) ? new DateTimeOffset(key.Due, TimeSpan.Zero) : null;
            }
        }
    }

    /// <summary>When the next timer falls due of those that were set for at most <paramref name="length"/>; null if there is none.</summary>
    public DateTimeOffset? NextDueOfThoseSetFor(TimeSpan length)
    {
        lock (_lock)
        {
            var due = long.MaxValue;
            foreach (var (timer, key) in _due.UnorderedItems)
            {
                due = timer.Due == key.Due && timer.SetFor <= length && key.Due < due ? key.Due : due;
            }

            return due == long.MaxValue ? null : new DateTimeOffset(due, TimeSpan.Zero);
        }
    }

    /// <summary>How many timers are set. Whoever knows how many loops there are can tell that all of them wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _due.UnorderedItems.Where(item => item.Element.Due == item.Priority.Due).Select(item => item.Element).Distinct().Count();
            }
        }
    }

    /// <summary>Moves the clock forward by <paramref name="by"/> and fires what falls due on the way.</summary>
    public void Advance(TimeSpan by) => AdvanceTo(GetUtcNow() + by);

    /// <summary>Moves the clock forward to <paramref name="target"/> and fires what falls due on the way.</summary>
    public void AdvanceTo(DateTimeOffset target)
    {
        while (true)
        {
            ManualTimer? timer;
            lock (_lock)
            {
                DropStale();
                if (!_due.TryPeek(out timer, out var key) || key.Due > target.UtcTicks)
                {
                    _now = target > _now ? target : _now;
                    return;
                }

                _due.Dequeue();
                _now = key.Due > _now.UtcTicks ? new DateTimeOffset(key.Due, TimeSpan.Zero) : _now;
                timer.Rearm();
            }

            timer.Fire();
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private void DropStale()
    {
        while (_due.TryPeek(out var timer, out var key) && timer.Due != key.Due)
        {
            _due.Dequeue();
        }
    }

    private sealed class ManualTimer(ManualTimeProvider clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;

        public long Due { get; private set; } = long.MaxValue;

        public TimeSpan SetFor { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._lock)
            {
                _period = period;
                SetFor = dueTime;
                Due = dueTime == Timeout.InfiniteTimeSpan ? long.MaxValue : clock._now.UtcTicks + dueTime.Ticks;
                Enqueue();
            }

            return true;
        }

        public void Rearm()
        {
            Due = _period == Timeout.InfiniteTimeSpan || _period == TimeSpan.Zero ? long.MaxValue : Due + _period.Ticks;
            Enqueue();
        }

        public void Fire() => ThreadPool.UnsafeQueueUserWorkItem(_ => callback(state), null);

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Enqueue()
        {
            if (Due != long.MaxValue)
            {
                clock._due.Enqueue(this, (Due, clock._order++));
            }
        }
    }
}
