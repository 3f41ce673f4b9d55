using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using OnionHost.Network.Circuits;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Streams;

/// <summary>
/// The way out of one stream: one loop cuts DATA bodies straight from the application's pipe, as far as the windows
/// allow, and waits for its turn otherwise. <see cref="Share"/> and the waiting state are guarded by the circuit's send lock.
/// </summary>
internal sealed class StreamSender : IThreadPoolWorkItem, IValueTaskSource
{
    private const int PauseAt = 64 * 1024;
    private const int SegmentSize = 16 * 1024;

    private readonly CircuitEdge _edge;
    private readonly Pipe _pipe;
    private ManualResetValueTaskSourceCore<bool> _turn;
    private ITimer? _clock;
    private bool _waiting;

    public StreamSender(CircuitEdge edge, StreamId id, StreamFlow flow, StreamScheduler scheduler)
    {
        _edge = edge;
        Id = id;
        Flow = flow;
        _turn.RunContinuationsAsynchronously = false;
        _pipe = new Pipe(new PipeOptions(
            readerScheduler: PipeScheduler.Inline, writerScheduler: scheduler,
            pauseWriterThreshold: PauseAt, resumeWriterThreshold: PauseAt / 2, minimumSegmentSize: SegmentSize, useSynchronizationContext: false));
    }

    public StreamId Id { get; }

    public StreamFlow Flow { get; }

    public PipeWriter Writer => _pipe.Writer;

    /// <summary>Cells of the circuit's window that are kept for this stream.</summary>
    public int Share { get; set; }

    /// <summary>The stream stands in the queue for the circuit's window.</summary>
    public bool IsQueued { get; set; }

    /// <summary>Nothing more is sent.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Sends until the application completes its writer or somebody stops the stream; true if everything went out.</summary>
    public async Task<bool> RunAsync(Func<Exception?> faultOfStop)
    {
        Exception? fault = null;
        try
        {
            while (true)
            {
                var read = await _pipe.Reader.ReadAsync().ConfigureAwait(false);
                var data = read.Buffer;
                var blocked = !_edge.SendData(this, ref data);
                _pipe.Reader.AdvanceTo(data.Start, blocked ? data.Start : data.End);
                if (IsStopped)
                {
                    fault = faultOfStop();
                    return false;
                }

                if (blocked)
                {
                    await new ValueTask(this, _turn.Version).ConfigureAwait(false);
                }
                else if (read.IsCompleted)
                {
                    return true;
                }
            }
        }
        catch (Exception e)
        {
            // The application completed its writer with a fault.
            fault = e;
            return false;
        }
        finally
        {
            _pipe.Reader.Complete(fault);
        }
    }

    /// <summary>Send lock: the stream waits for its turn.</summary>
    /// <param name="retryAfter">When it comes without anybody's doing; null if it does not.</param>
    public void Wait(TimeSpan? retryAfter = null)
    {
        _turn.Reset();
        _waiting = true;
        if (retryAfter is { } pause)
        {
            _clock ??= _edge.Circuit.Context.Time.CreateTimer(
                static stream => ((StreamSender)stream!).Retry(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _clock.Change(pause, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Send lock: the stream's turn has come, or there is nothing to wait for any more.</summary>
    /// <param name="resume">Takes the stream, to <see cref="Resume"/> it outside of the lock; null leaves that to the thread pool.</param>
    public void Wake(List<StreamSender>? resume)
    {
        if (!_waiting)
        {
            return;
        }

        _waiting = false;
        if (resume is null)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
        else
        {
            resume.Add(this);
        }
    }

    /// <summary>Goes on sending, on this thread, until the windows or the application's data are used up.</summary>
    public void Resume() => _turn.SetResult(true);

    /// <summary>Send lock: nothing more is sent.</summary>
    public void Stop()
    {
        IsStopped = true;
        _clock?.Dispose();
        Wake(resume: null);
    }

    /// <summary>Lets a loop that waits for the application see that it was stopped.</summary>
    public void Interrupt() => _pipe.Reader.CancelPendingRead();

    /// <summary>Lets the application's writer see that nothing is ever sent; only where the loop was never started.</summary>
    public void Discard() => _pipe.Reader.Complete();

    void IThreadPoolWorkItem.Execute() => Resume();

    private void Retry() => _edge.Retry(this);

    void IValueTaskSource.GetResult(short token) => _turn.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _turn.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _turn.OnCompleted(continuation, state, token, flags);
}
