using System.IO.Pipelines;

namespace OnionHost.Network.Streams;

/// <summary>
/// Where the continuations of one stream's user run. On the thread pool, because an application may block, and the
/// link's read loop must not; inline where our own socket code is the user, which saves a hop per batch.
/// </summary>
internal sealed class StreamScheduler : PipeScheduler
{
    private volatile bool _inline;

    /// <summary>Runs the user's continuations where data arrives. Only for users that never block.</summary>
    public void RunInline() => _inline = true;

    public override void Schedule(Action<object?> action, object? state)
    {
        if (_inline)
        {
            action(state);
        }
        else
        {
            ThreadPool.Schedule(action, state);
        }
    }
}
