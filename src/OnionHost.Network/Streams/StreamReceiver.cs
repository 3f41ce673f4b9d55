using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using OnionHost.Network.Circuits;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Streams;

/// <summary>
/// The way in of one stream: the read loop writes, the application reads. The pipe never makes the read loop wait; the
/// stream's flow control bounds what it holds, and is told by the application's <see cref="AdvanceTo(SequencePosition)"/>.
/// </summary>
[SkipLocalsInit]
internal sealed class StreamReceiver : PipeReader
{
    private const int SegmentSize = 16 * 1024;
    private const int SignalSize = 16;

    private readonly Lock _lock = new();
    private readonly Pipe _pipe;
    private readonly CircuitEdge _edge;
    private readonly StreamId _id;
    private readonly StreamFlow _flow;
    private ReadOnlySequence<byte> _buffer;
    private long _examined;
    private long _unread;
    private bool _flushPending;
    private bool _writerDone;
    private bool _readerDone;

    public StreamReceiver(CircuitEdge edge, StreamId id, StreamFlow flow, StreamScheduler scheduler)
    {
        _edge = edge;
        _id = id;
        _flow = flow;
        _pipe = new Pipe(new PipeOptions(
            readerScheduler: scheduler, writerScheduler: PipeScheduler.Inline,
            pauseWriterThreshold: 0, resumeWriterThreshold: 0, minimumSegmentSize: SegmentSize, useSynchronizationContext: false));
    }

    /// <summary>The application completed its reader: it wants nothing more.</summary>
    public bool IsReaderDone => Volatile.Read(ref _readerDone);

    /// <summary>Read loop: takes a DATA body; true if it is the first since the last <see cref="Flush"/>.</summary>
    public bool Append(ReadOnlySpan<byte> body)
    {
        Span<byte> signal = stackalloc byte[SignalSize];
        RelayCommand? command;
        int length;
        lock (_lock)
        {
            _flow.OnDataReceived(body.Length);
            if (_writerDone || _readerDone)
            {
                return false;
            }

            _unread += body.Length;
            body.CopyTo(_pipe.Writer.GetSpan(body.Length));
            _pipe.Writer.Advance(body.Length);
            command = _flow.NextSignal(_unread, isArriving: true, signal, out length);
        }

        if (command is { } next)
        {
            _edge.Send(next, _id, signal[..length]);
            Signal(isArriving: true);
        }

        var isFirst = !_flushPending;
        _flushPending = true;
        return isFirst;
    }

    /// <summary>Read loop: lets the application see what was appended. Never waits: the pipe has no pause threshold.</summary>
    public void Flush()
    {
        _flushPending = false;
        if (!Volatile.Read(ref _writerDone))
        {
            _ = _pipe.Writer.FlushAsync();
        }
    }

    /// <summary>Nothing more arrives; what is in the pipe stays readable, then the application gets the end or <paramref name="fault"/>.</summary>
    public void Finish(Exception? fault)
    {
        lock (_lock)
        {
            if (_writerDone)
            {
                return;
            }

            _writerDone = true;
        }

        _pipe.Writer.Complete(fault);
    }

    public override bool TryRead(out ReadResult result)
    {
        if (!_pipe.Reader.TryRead(out result))
        {
            return false;
        }

        _buffer = result.Buffer;
        return true;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        var read = _pipe.Reader.ReadAsync(cancellationToken);
        if (!read.IsCompletedSuccessfully)
        {
            return AwaitAsync(read);
        }

        var result = read.Result;
        _buffer = result.Buffer;
        return new ValueTask<ReadResult>(result);
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        // Counted by what was examined, as a pipe's own thresholds are: a reader that wants a longer message whole would
        // otherwise wait for ever for a peer that waits for it.
        var start = _buffer.GetOffset(_buffer.Start);
        var upTo = Math.Max(_buffer.GetOffset(examined), _buffer.GetOffset(consumed)) - start;
        var taken = Math.Max(0, upTo - _examined);
        _examined = Math.Max(upTo, _examined) - (_buffer.GetOffset(consumed) - start);
        _buffer = default;
        _pipe.Reader.AdvanceTo(consumed, examined);
        if (taken > 0)
        {
            lock (_lock)
            {
                _unread -= taken;
                _flow.OnDataTaken(taken, _unread);
            }

            Signal(isArriving: false);
        }
    }

    public override void CancelPendingRead() => _pipe.Reader.CancelPendingRead();

    public override void Complete(Exception? exception = null)
    {
        lock (_lock)
        {
            if (_readerDone)
            {
                return;
            }

            _readerDone = true;
            _flow.OnReaderDone();
        }

        _pipe.Reader.Complete(exception);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> AwaitAsync(ValueTask<ReadResult> read)
    {
        var result = await read.ConfigureAwait(false);
        _buffer = result.Buffer;
        return result;
    }

    /// <summary>Tells the peer what flow control has to say. Outside the lock: sending takes the circuit's.</summary>
    private void Signal(bool isArriving)
    {
        Span<byte> body = stackalloc byte[SignalSize];
        while (true)
        {
            RelayCommand command;
            int length;
            lock (_lock)
            {
                if (_writerDone || _flow.NextSignal(_unread, isArriving, body, out length) is not { } next)
                {
                    return;
                }

                command = next;
            }

            _edge.Send(command, _id, body[..length]);
        }
    }
}
