using System.Globalization;

namespace OnionHost.FunctionalTests;

/// <summary>Lets requests pass only all together: proof that they were open at the same time.</summary>
internal sealed class Gate
{
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _waiting;

    /// <summary>Waits until <paramref name="count"/> requests are here.</summary>
    public async Task<string> PassAsync(int count, CancellationToken stop)
    {
        if (Interlocked.Increment(ref _waiting) == count)
        {
            _open.TrySetResult();
        }

        await _open.Task.WaitAsync(stop);
        return _waiting.ToString(CultureInfo.InvariantCulture);
    }
}
