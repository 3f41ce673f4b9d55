using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using OnionHost.Protocol;

namespace OnionHost.Transport.Connections;

/// <summary>
/// What the visitor sends, with the stream's faults in the words that Kestrel knows: it reports a
/// <see cref="ConnectionResetException"/> at Debug as a visitor who left, and anything else as an error of ours.
/// </summary>
internal sealed class OnionPipeReader(PipeReader inner, OnionConnectionContext connection) : PipeReader
{
    public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

    public override bool TryRead(out ReadResult result)
    {
        try
        {
            return inner.TryRead(out result);
        }
        catch (Exception fault) when (IsEnd(fault))
        {
            throw Translate(fault);
        }
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        ValueTask<ReadResult> read;
        try
        {
            read = inner.ReadAsync(cancellationToken);
        }
        catch (Exception fault) when (IsEnd(fault))
        {
            // A pipe that has ended throws at once, one that ends later throws out of the task.
            read = ValueTask.FromException<ReadResult>(fault);
        }

        return read.IsCompletedSuccessfully ? read : AwaitAsync(read);
    }

    protected override ValueTask<ReadResult> ReadAtLeastAsyncCore(int minimumSize, CancellationToken cancellationToken)
    {
        ValueTask<ReadResult> read;
        try
        {
            read = inner.ReadAtLeastAsync(minimumSize, cancellationToken);
        }
        catch (Exception fault) when (IsEnd(fault))
        {
            read = ValueTask.FromException<ReadResult>(fault);
        }

        return read.IsCompletedSuccessfully ? read : AwaitAsync(read);
    }

    private async ValueTask<ReadResult> AwaitAsync(ValueTask<ReadResult> read)
    {
        try
        {
            return await read;
        }
        catch (Exception fault) when (IsEnd(fault))
        {
            // The server hears of it before the application does: else it takes for an error what the application does then.
            await connection.TellClosedAsync();
            throw Translate(fault);
        }
    }

    private static bool IsEnd(Exception fault) => fault is TorException or IOException and not ConnectionResetException;

    private Exception Translate(Exception fault) => connection.IsAborted
        ? new ConnectionAbortedException("The connection was ended by the application.", fault)
        : new ConnectionResetException("The visitor's onion connection was reset.", fault);
}
