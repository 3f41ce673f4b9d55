namespace OnionHost.Rendezvous.Services;

/// <summary>Wakes the one loop that waits for it; calls that come before it waits are not lost, and count once.</summary>
internal sealed class WakeUp
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _signal = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Wakes the loop.</summary>
    public void Set()
    {
        lock (_lock)
        {
            _signal.TrySetResult();
        }
    }

    /// <summary>Waits until it is woken, or the time is over.</summary>
    public async Task WaitAsync(TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        // Timers cut off parts of a millisecond: rounded up, so that whoever waits for a moment does not wake just before it.
        var whole = TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling(limit.TotalMilliseconds)));
        try
        {
            await _signal.Task.WaitAsync(whole, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return;
        }

        lock (_lock)
        {
            if (_signal.Task.IsCompleted)
            {
                _signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }
}
