using System.Buffers;
using System.Runtime.CompilerServices;
using OnionHost.Network.Streams;
using OnionHost.Protocol;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;
using OnionHost.Protocol.RelayCrypto;

namespace OnionHost.Network.Circuits;

/// <summary>
/// One end of one layer of a circuit: its windows, its streams, its control messages. The same at a client's hops, at a
/// relay (one each), and at both ends of an onion service's virtual hop. It receives on the link's read loop, and sends
/// from any thread.
/// </summary>
[SkipLocalsInit]
internal sealed class CircuitEdge
{
    /// <summary>Streams that may be open at once on one edge.</summary>
    public const int MaxStreams = 1024;

    private readonly CircuitFlow _flow;
    private readonly EdgeSender _sender;
    private readonly StreamTable _streams = new(MaxStreams);
    private readonly ControlMessages _control = new();
    private readonly List<IEdgeStream> _touched = [];
    private volatile IInboundStreams? _inbound;

    internal CircuitEdge(EdgeCircuit circuit, EdgeLayer layer, CircuitFlow flow)
    {
        Circuit = circuit;
        IsInitiator = layer.IsInitiator;
        CircuitBinding = layer.CircuitBinding;
        Incoming = layer.Incoming;
        _flow = flow;
        _sender = new EdgeSender(this, layer.Outgoing, flow);
    }

    /// <summary>The circuit that this is an end of.</summary>
    public EdgeCircuit Circuit { get; }

    /// <summary>Takes the streams that the peer opens; null refuses them.</summary>
    public IInboundStreams? Inbound
    {
        get => _inbound;
        set => _inbound = value;
    }

    /// <summary>What both ends of the handshake know and nobody else: KH, 20 bytes; empty where the handshake gives none.</summary>
    public ReadOnlyMemory<byte> CircuitBinding { get; }

    public int OpenStreams => _streams.Count;

    /// <summary>True at the end that asked for the circuit: a client says no more than MISC or DONE about why a stream ends.</summary>
    internal bool IsInitiator { get; }

    internal LayerDirection Incoming { get; }

    /// <summary>How the layer's cells are controlled.</summary>
    internal CircuitFlow Flow => _flow;

    /// <summary>Sends a message; on a closed circuit nothing happens.</summary>
    public void Send(RelayCommand command, StreamId stream, ReadOnlySpan<byte> body) => Send(command, stream, body, early: false);

    /// <summary>Calls <paramref name="handler"/> for each message without stream, until the result is disposed.</summary>
    public IDisposable Handle(RelayCommand command, RelayMessageHandler handler) => _control.Handle(command, handler);

    /// <summary>The body of the next message without stream. Call it before sending what is to be answered.</summary>
    /// <exception cref="CircuitException">The circuit closed.</exception>
    public Task<byte[]> ReceiveAsync(RelayCommand command, CancellationToken cancellationToken) =>
        _control.ReceiveAsync(command, cancellationToken);

    /// <summary>Opens a stream to a host at the end of this layer, and waits for CONNECTED.</summary>
    /// <exception cref="StreamException">The other end refused, or there are too many streams.</exception>
    /// <exception cref="CircuitException">The circuit closed.</exception>
    public Task<TorStream> OpenAsync(BeginMessage begin, CancellationToken cancellationToken) =>
        AwaitConnectedAsync(Begin(begin), cancellationToken);

    /// <summary>Opens a stream to the directory of the relay at the end of this layer.</summary>
    /// <inheritdoc cref="OpenAsync"/>
    public Task<TorStream> OpenDirectoryAsync(CancellationToken cancellationToken) =>
        AwaitConnectedAsync(Begin(RelayCommand.BeginDir, default), cancellationToken);

    /// <summary>Opens a stream and does not wait: what is written before <see cref="TorStream.Connected"/> is optimistic data.</summary>
    public TorStream Begin(BeginMessage begin)
    {
        Span<byte> body = stackalloc byte[RelayMessage.BodyMax];
        var writer = new SpanWriter(body);
        begin.Write(ref writer);
        return Begin(RelayCommand.Begin, writer.Written);
    }

    /// <summary>Asks the relay at the end of this layer to resolve a name, or an address in in-addr.arpa form.</summary>
    /// <inheritdoc cref="OpenAsync"/>
    public async Task<ResolvedMessage> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        var id = StreamId.None;
        var pending = _streams.Open(Circuit.Context.Random, chosen => new PendingResolve(this, id = chosen), p => p) ?? throw TooManyStreams();
        SendResolve(host, id);
        try
        {
            return await pending.Answer.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _streams.Remove(id, halfClosed: !pending.Answer.IsCompleted);
        }
    }

    /// <summary>
    /// Ends all streams, takes no more, and waits until the peer has received everything, or the circuit closes: then closing
    /// it cuts nothing off. Streams that their owner has let go of send what they still hold; the others are broken off.
    /// </summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        Inbound = null;
        await Task.WhenAll(_streams.All().Select(stream => stream.EndAsync())).WaitAsync(cancellationToken).ConfigureAwait(false);
        await _sender.ReceivedAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    internal void Send(RelayCommand command, StreamId stream, ReadOnlySpan<byte> body, bool early) =>
        _sender.Send(command, stream, body, early);

    internal bool SendData(StreamSender sender, ref ReadOnlySequence<byte> data) => _sender.SendData(sender, ref data);

    internal StreamFlow NewStreamFlow() => _flow.NewStream();

    /// <summary>A stream closed here: it sends nothing more, and the peer is told if <paramref name="end"/> is given.</summary>
    internal void EndStream(StreamSender sender, EndMessage? end)
    {
        _sender.Stop(sender);
        _streams.Remove(sender.Id, halfClosed: end is not null);
        if (end is not { } message)
        {
            return;
        }

        if (IsInitiator && message.Reason != EndReason.Done)
        {
            message = new EndMessage(EndReason.Misc);
        }

        Span<byte> body = stackalloc byte[32];
        var writer = new SpanWriter(body);
        message.Write(ref writer);
        Send(RelayCommand.End, sender.Id, writer.Written);
    }

    internal void ForgetStream(StreamId id) => _streams.Remove(id, halfClosed: false);

    internal void Retry(StreamSender sender) => _sender.Retry(sender);

    internal void OnStreamSignal(StreamSender sender, RelayCommand command, ReadOnlySpan<byte> body) =>
        _sender.OnStreamSignal(sender, command, body);

    /// <summary>Read loop: a cell was recognized here. A <see cref="ProtocolException"/> closes the circuit.</summary>
    internal void OnMessage(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> tag)
    {
        var message = RelayMessage.Read(payload);
        if (message.Command == RelayCommand.Data)
        {
            OnData(message, tag);
        }
        else if (message.Command is RelayCommand.Begin or RelayCommand.BeginDir or RelayCommand.Resolve)
        {
            OnBegin(message);
        }
        else if (message.Stream != StreamId.None)
        {
            OnStreamMessage(message);
        }
        else if (message.Command == RelayCommand.Sendme)
        {
            _sender.OnSendme(message.Body);
        }
        else if (message.Command is not (RelayCommand.Drop or RelayCommand.End or RelayCommand.Connected or RelayCommand.Resolved)
            && !_control.Deliver(message.Command, message.Body))
        {
            CircuitLog.Unexpected(Circuit, message.Command);
        }
    }

    /// <summary>Read loop: the cells of one read were handled.</summary>
    internal void OnBatchEnd()
    {
        foreach (var stream in _touched)
        {
            stream.OnBatchEnd();
        }

        _touched.Clear();
        _sender.OnBatchEnd();
    }

    /// <summary>The circuit, or its part beyond this, is gone.</summary>
    internal void Close(TorException cause)
    {
        _sender.Close();
        _control.Close(cause);
        foreach (var stream in _streams.Close(cause))
        {
            stream.OnCircuitClosed(cause);
        }
    }

    private static StreamException TooManyStreams() =>
        new($"The circuit has {MaxStreams} open streams already; use another one.", EndReason.ResourceLimit);

    private static async Task<TorStream> AwaitConnectedAsync(TorStream stream, CancellationToken cancellationToken)
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

    internal TorStream Begin(RelayCommand command, ReadOnlySpan<byte> body)
    {
        var stream = _streams.Open(Circuit.Context.Random, id => new TorStream(this, id, StreamState.Connecting), s => s.Handle)
            ?? throw TooManyStreams();
        Send(command, stream.Id, body);
        stream.Start();
        return stream;
    }

    private void SendResolve(string host, StreamId id)
    {
        Span<byte> body = stackalloc byte[RelayMessage.BodyMax];
        var writer = new SpanWriter(body);
        new ResolveMessage(host).Write(ref writer);
        Send(RelayCommand.Resolve, id, writer.Written);
    }

    private void OnData(in RelayMessage message, ReadOnlySpan<byte> tag)
    {
        // Counted whether or not anybody wants it: else both ends' windows drift apart.
        if (_flow.OnDataReceived())
        {
            Span<byte> body = stackalloc byte[3 + CircuitFlow.TagSize];
            var writer = new SpanWriter(body);
            writer.WriteByte(1);
            writer.WriteUInt16(CircuitFlow.TagSize);
            writer.WriteBytes(tag);
            Send(RelayCommand.Sendme, StreamId.None, body);
        }

        if (message.Stream != StreamId.None && _streams.Find(message.Stream) is { } stream && stream.OnData(message.Body))
        {
            _touched.Add(stream);
        }
    }

    private void OnStreamMessage(in RelayMessage message)
    {
        if (_streams.Find(message.Stream) is { } stream)
        {
            stream.OnMessage(message.Command, message.Body);
        }
        else if (message.Command == RelayCommand.End)
        {
            _streams.Release(message.Stream);
        }
    }

    private void OnBegin(in RelayMessage message)
    {
        if (message.Stream == StreamId.None || _streams.Find(message.Stream) is not null)
        {
            CircuitLog.Unexpected(Circuit, message.Command);
            return;
        }

        var stream = new TorStream(this, message.Stream, StreamState.Offered);
        var inbound = new InboundStream(this, stream, message.Command, message.Body.ToArray());
        if (!_streams.TryAdd(message.Stream, stream.Handle))
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
}
