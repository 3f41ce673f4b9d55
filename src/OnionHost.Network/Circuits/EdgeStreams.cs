using System.Runtime.CompilerServices;
using OnionHost.Network.Streams;
using OnionHost.Protocol;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Circuits;

/// <summary>The streams of one edge: opens ours, takes the peer's, and hands each what comes for it.</summary>
[SkipLocalsInit]
internal sealed class EdgeStreams(CircuitEdge edge)
{
    /// <summary>Streams that may be open at once on one edge.</summary>
    public const int Limit = 1024;

    private readonly StreamTable _table = new(Limit);
    private readonly List<IEdgeStream> _touched = [];
    private volatile IInboundStreams? _inbound;

    /// <summary>Takes the streams that the peer opens; null refuses them.</summary>
    public IInboundStreams? Inbound
    {
        get => _inbound;
        set => _inbound = value;
    }

    public int Count => _table.Count;

    /// <summary>Waits for CONNECTED; whoever gives up aborts the stream.</summary>
    public static async Task<TorStream> ConnectedAsync(TorStream stream, CancellationToken cancellationToken)
    {
        try
        {
            await stream.Connected.WaitAsync(cancellationToken).ConfigureAwait(false);
            return stream;
        }
        catch (OperationCanceledException)
        {
            stream.Abort(EndReason.Misc);
            throw;
        }
    }

    /// <summary>Opens a stream and does not wait: what is written before <see cref="TorStream.Connected"/> is optimistic data.</summary>
    public TorStream Begin(BeginMessage begin)
    {
        Span<byte> body = stackalloc byte[RelayMessage.BodyMax];
        var writer = new SpanWriter(body);
        begin.Write(ref writer);
        return Begin(RelayCommand.Begin, writer.Written);
    }

    /// <summary>Opens a stream with BEGIN or BEGIN_DIR, and does not wait.</summary>
    /// <exception cref="StreamException">There are too many streams.</exception>
    public TorStream Begin(RelayCommand command, ReadOnlySpan<byte> body)
    {
        var stream = _table.Open(edge.Circuit.Context.Random, id => new TorStream(edge, id, StreamState.Connecting), s => s.Handle)
            ?? throw TooManyStreams();
        edge.Send(command, stream.Id, body);
        stream.Start();
        return stream;
    }

    /// <summary>Asks the relay at the end of this layer to resolve a name, or an address in in-addr.arpa form.</summary>
    /// <inheritdoc cref="CircuitEdge.OpenAsync"/>
    public async Task<ResolvedMessage> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        var id = StreamId.None;
        var pending = _table.Open(edge.Circuit.Context.Random, chosen => new PendingResolve(edge, id = chosen), p => p) ?? throw TooManyStreams();
        SendResolve(host, id);
        try
        {
            return await pending.Answer.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _table.Remove(id, halfClosed: !pending.Answer.IsCompleted);
        }
    }

    /// <summary>A stream closed here: it sends nothing more, and the peer is told if <paramref name="end"/> is given.</summary>
    public void End(StreamSender sender, EndMessage? end)
    {
        edge.Stop(sender);
        _table.Remove(sender.Id, halfClosed: end is not null);
        if (end is not { } message)
        {
            return;
        }

        if (edge.IsInitiator && message.Reason != EndReason.Done)
        {
            message = new EndMessage(EndReason.Misc);
        }

        Span<byte> body = stackalloc byte[32];
        var writer = new SpanWriter(body);
        message.Write(ref writer);
        edge.Send(RelayCommand.End, sender.Id, writer.Written);
    }

    /// <summary>A stream is over, and both ends know.</summary>
    public void Forget(StreamId id) => _table.Remove(id, halfClosed: false);

    /// <summary>Ends all streams: those that their owner has let go of send what they still hold, the others are broken off.</summary>
    public Task EndAllAsync() => Task.WhenAll(_table.All().Select(stream => stream.EndAsync()));

    /// <summary>Read loop: DATA came.</summary>
    public void OnData(in RelayMessage message)
    {
        if (message.Stream != StreamId.None && _table.Find(message.Stream) is { } stream && stream.OnData(message.Body))
        {
            _touched.Add(stream);
        }
    }

    /// <summary>Read loop: another message for a stream came.</summary>
    public void OnMessage(in RelayMessage message)
    {
        if (_table.Find(message.Stream) is { } stream)
        {
            stream.OnMessage(message.Command, message.Body);
        }
        else if (message.Command == RelayCommand.End)
        {
            _table.Release(message.Stream);
        }
    }

    /// <summary>Read loop: BEGIN, BEGIN_DIR or RESOLVE came.</summary>
    public void OnBegin(in RelayMessage message)
    {
        if (message.Stream == StreamId.None || _table.Find(message.Stream) is not null)
        {
            CircuitLog.Unexpected(edge.Circuit, message.Command);
            return;
        }

        var stream = new TorStream(edge, message.Stream, StreamState.Offered);
        var inbound = new InboundStream(edge, stream, message.Command, message.Body.ToArray());
        if (!_table.TryAdd(message.Stream, stream.Handle))
        {
            inbound.Refuse(EndReason.ResourceLimit);
        }
        else if (Inbound is { } taker)
        {
            taker.OnBegin(inbound);
        }
        else
        {
            inbound.Refuse(EndReason.Misc);
        }
    }

    /// <summary>Read loop: the cells of one read were handled.</summary>
    public void OnBatchEnd()
    {
        foreach (var stream in _touched)
        {
            stream.OnBatchEnd();
        }

        _touched.Clear();
    }

    /// <summary>The circuit, or its part beyond edge, is gone.</summary>
    public void Close(TorException cause)
    {
        foreach (var stream in _table.Close(cause))
        {
            stream.OnCircuitClosed(cause);
        }
    }

    private static StreamException TooManyStreams() =>
        new($"The circuit has {Limit} open streams already; use another one.", EndReason.ResourceLimit);

    private void SendResolve(string host, StreamId id)
    {
        Span<byte> body = stackalloc byte[RelayMessage.BodyMax];
        var writer = new SpanWriter(body);
        new ResolveMessage(host).Write(ref writer);
        edge.Send(RelayCommand.Resolve, id, writer.Written);
    }
}
