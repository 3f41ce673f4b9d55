using System.IO.Pipelines;
using OnionHost.Network.Circuits;
using OnionHost.Protocol;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Streams;

/// <summary>
/// A byte stream over a circuit, both ways (tor-spec 6). <see cref="Input"/> ends when the other end closes the stream;
/// completing <see cref="Output"/> closes it for both directions once everything was sent, as Tor knows no half-open streams.
/// </summary>
public sealed class TorStream : IDuplexPipe, IAsyncDisposable
{
    private readonly CircuitEdge _edge;
    private readonly StreamHandle _handle;
    private readonly StreamReceiver _receiver;
    private readonly StreamSender _sender;
    private readonly StreamScheduler _scheduler = new();
    private readonly CancellationTokenSource _closed = new();
    private readonly TaskCompletionSource<ConnectedMessage> _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile StreamState _state;
    private volatile bool _isLetGo;
    private Exception? _fault;
    private int _endReason = -1;

    internal TorStream(CircuitEdge edge, StreamId id, StreamState state)
    {
        _edge = edge;
        _state = state;
        var flow = edge.NewStreamFlow();
        _handle = new StreamHandle(this);
        _receiver = new StreamReceiver(edge, id, flow, _scheduler);
        _sender = new StreamSender(edge, id, flow, _scheduler);
    }

    /// <summary>What the other end sends. Completing it discards the rest.</summary>
    public PipeReader Input => _receiver;

    /// <summary>What goes to the other end. Completing it sends the rest, and closes the stream.</summary>
    public PipeWriter Output => _sender.Writer;

    /// <summary>Cancelled once the stream is closed, by either end or with its circuit.</summary>
    public CancellationToken Closed => _closed.Token;

    /// <summary>Why the stream closed (tor-spec 6.3); null while it is open.</summary>
    public EndReason? EndReason => Volatile.Read(ref _endReason) is var reason and >= 0 ? (EndReason)reason : null;

    internal StreamId Id => _sender.Id;

    /// <summary>The answer to our BEGIN; faults with a <see cref="StreamException"/> or <see cref="CircuitException"/>.</summary>
    internal Task<ConnectedMessage> Connected => _connected.Task;

    internal IEdgeStream Handle => _handle;

    /// <summary>Breaks the stream off: what was not sent is dropped, and the other end is told why.</summary>
    /// <param name="reason">The reason; clients only ever say MISC to the network, whatever it is.</param>
    public void Abort(EndReason reason) =>
        Close(reason, new StreamException($"The stream was broken off here: {reason}.", reason), tellPeer: true);

    /// <summary>The stream as a <see cref="Stream"/>; disposing it disposes this.</summary>
    public Stream AsStream() => new DuplexStream(this);

    /// <summary>Closes the stream: what was written still goes out, then the other end is told. Does not wait for that.</summary>
    public ValueTask DisposeAsync()
    {
        _isLetGo = true;
        Input.Complete();
        Output.Complete();
        if (_state is StreamState.Connecting or StreamState.Offered)
        {
            Abort(Protocol.Messages.EndReason.Misc);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Starts sending what the user writes. Before CONNECTED it goes out as optimistic data.</summary>
    internal void Start() => _ = SendAsync();

    /// <summary>Breaks the stream off, unless its owner has disposed it; completes when it is closed.</summary>
    internal Task EndAsync()
    {
        if (!_isLetGo)
        {
            Abort(Protocol.Messages.EndReason.Destroy);
        }

        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _closed.Token.Register(ended.SetResult);
        return ended.Task;
    }

    /// <summary>Makes an offered stream open. False if it closed meanwhile.</summary>
    internal bool TryOpen(bool inline)
    {
        if (Interlocked.CompareExchange(ref _state, StreamState.Open, StreamState.Offered) != StreamState.Offered)
        {
            return false;
        }

        if (inline)
        {
            _scheduler.RunInline();
        }

        return true;
    }

    /// <summary>Closes once; later calls change nothing.</summary>
    internal bool Close(EndReason reason, Exception? fault, bool tellPeer, EndMessage? end = null)
    {
        var before = Interlocked.Exchange(ref _state, StreamState.Closed);
        if (before == StreamState.Closed)
        {
            return false;
        }

        _fault = fault;
        Volatile.Write(ref _endReason, (int)reason);
        _edge.EndStream(_sender, tellPeer ? end ?? new EndMessage(reason, null, 0) : null);
        _sender.Interrupt();
        if (before == StreamState.Offered)
        {
            _sender.Discard();
        }

        _receiver.Finish(fault);
        if (before == StreamState.Connecting)
        {
            _connected.TrySetException(fault as TorException ?? StreamException.Ended(reason));
            _ = _connected.Task.Exception; // Nobody has to wait for it.
        }

        ThreadPool.UnsafeQueueUserWorkItem(static closed => closed.Cancel(), _closed, preferLocal: false);
        return true;
    }

    private async Task SendAsync()
    {
        if (await _sender.RunAsync(() => _fault).ConfigureAwait(false))
        {
            Close(Protocol.Messages.EndReason.Done, fault: null, tellPeer: true);
        }
        else
        {
            Close(Protocol.Messages.EndReason.Misc, fault: null, tellPeer: true);
        }
    }

    private void OnConnected(ReadOnlySpan<byte> body)
    {
        var reader = new SpanReader(body);
        var message = ConnectedMessage.Read(ref reader);
        if (Interlocked.CompareExchange(ref _state, StreamState.Open, StreamState.Connecting) is var before and not StreamState.Connecting)
        {
            if (before == StreamState.Closed)
            {
                return;
            }

            throw new ProtocolException("CONNECTED arrived for a stream that is open.");
        }

        _connected.TrySetResult(message);
    }

    private void OnEnd(ReadOnlySpan<byte> body)
    {
        var reader = new SpanReader(body);
        var reason = EndMessage.Read(ref reader).Reason;

        // Clients hide their reasons behind MISC, so at an accepted stream it is an ordinary end (tor-spec 6.3).
        var isOrderly = reason == Protocol.Messages.EndReason.Done || (reason == Protocol.Messages.EndReason.Misc && !_edge.IsInitiator);
        var wasConnecting = _state == StreamState.Connecting;
        Close(reason, isOrderly && !wasConnecting ? null : StreamException.Ended(reason), tellPeer: false);
    }

    /// <summary>The side that the edge sees; apart, so that the public type shows none of it.</summary>
    private sealed class StreamHandle(TorStream stream) : IEdgeStream
    {
        public bool OnData(ReadOnlySpan<byte> body) => stream._receiver.Append(body);

        public void OnBatchEnd() => stream._receiver.Flush();

        public Task EndAsync() => stream.EndAsync();

        public void OnCircuitClosed(TorException cause) => stream.Close(Protocol.Messages.EndReason.Destroy, cause, tellPeer: false);

        public void OnMessage(RelayCommand command, ReadOnlySpan<byte> body)
        {
            switch (command)
            {
                case RelayCommand.Connected:
                    stream.OnConnected(body);
                    break;
                case RelayCommand.End:
                    stream.OnEnd(body);
                    break;
                case RelayCommand.Sendme or RelayCommand.Xon or RelayCommand.Xoff:
                    stream._edge.OnStreamSignal(stream._sender, command, body);
                    break;
                case RelayCommand.Resolved:
                    throw new ProtocolException("RESOLVED arrived for a stream that carries data.");
            }
        }
    }
}
