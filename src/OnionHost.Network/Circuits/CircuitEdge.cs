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
    private readonly CircuitFlow _flow;
    private readonly EdgeSender _sender;
    private readonly EdgeStreams _streams;
    private readonly ControlMessages _control = new();

    internal CircuitEdge(EdgeCircuit circuit, EdgeLayer layer, CircuitFlow flow)
    {
        Circuit = circuit;
        IsInitiator = layer.IsInitiator;
        CircuitBinding = layer.CircuitBinding;
        Incoming = layer.Incoming;
        _flow = flow;
        _sender = new EdgeSender(this, layer.Outgoing, flow);
        _streams = new EdgeStreams(this);
    }

    /// <summary>The circuit that this is an end of.</summary>
    public EdgeCircuit Circuit { get; }

    /// <summary>Takes the streams that the peer opens; null refuses them.</summary>
    public IInboundStreams? Inbound
    {
        get => _streams.Inbound;
        set => _streams.Inbound = value;
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
        EdgeStreams.ConnectedAsync(_streams.Begin(begin), cancellationToken);

    /// <summary>Opens a stream to the directory of the relay at the end of this layer.</summary>
    /// <inheritdoc cref="OpenAsync"/>
    public Task<TorStream> OpenDirectoryAsync(CancellationToken cancellationToken) =>
        EdgeStreams.ConnectedAsync(_streams.Begin(RelayCommand.BeginDir, default), cancellationToken);

    /// <summary>Opens a stream and does not wait: what is written before <see cref="TorStream.Connected"/> is optimistic data.</summary>
    public TorStream Begin(BeginMessage begin) => _streams.Begin(begin);

    /// <summary>Asks the relay at the end of this layer to resolve a name, or an address in in-addr.arpa form.</summary>
    /// <inheritdoc cref="OpenAsync"/>
    public Task<ResolvedMessage> ResolveAsync(string host, CancellationToken cancellationToken) => _streams.ResolveAsync(host, cancellationToken);

    /// <summary>
    /// Ends all streams, takes no more, and waits until the peer has received everything, or the circuit closes: then closing
    /// it cuts nothing off. Streams that their owner has let go of send what they still hold; the others are broken off.
    /// </summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        Inbound = null;
        await _streams.EndAllAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        await _sender.ReceivedAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    internal void Send(RelayCommand command, StreamId stream, ReadOnlySpan<byte> body, bool early) =>
        _sender.Send(command, stream, body, early);

    internal bool SendData(StreamSender sender, ref ReadOnlySequence<byte> data) => _sender.SendData(sender, ref data);

    internal StreamFlow NewStreamFlow() => _flow.NewStream();

    /// <inheritdoc cref="EdgeStreams.Begin(RelayCommand, ReadOnlySpan{byte})"/>
    internal TorStream Begin(RelayCommand command, ReadOnlySpan<byte> body) => _streams.Begin(command, body);

    /// <inheritdoc cref="EdgeStreams.End"/>
    internal void EndStream(StreamSender sender, EndMessage? end) => _streams.End(sender, end);

    internal void ForgetStream(StreamId id) => _streams.Forget(id);

    /// <summary>Nothing more is sent for a stream.</summary>
    internal void Stop(StreamSender sender) => _sender.Stop(sender);

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
            _streams.OnBegin(message);
        }
        else if (message.Stream != StreamId.None)
        {
            _streams.OnMessage(message);
        }
        else if (message.Command == RelayCommand.Sendme)
        {
            _sender.OnSendme(message.Body);
        }
        else if (!_control.Deliver(message.Command, message.Body)
            && message.Command is not (RelayCommand.Drop or RelayCommand.End or RelayCommand.Connected or RelayCommand.Resolved))
        {
            CircuitLog.Unexpected(Circuit, message.Command);
        }
    }

    /// <summary>Read loop: the cells of one read were handled.</summary>
    internal void OnBatchEnd()
    {
        _streams.OnBatchEnd();
        _sender.OnBatchEnd();
    }

    /// <summary>The circuit, or its part beyond this, is gone.</summary>
    internal void Close(TorException cause)
    {
        _sender.Close();
        _control.Close(cause);
        _streams.Close(cause);
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

        _streams.OnData(message);
    }
}
