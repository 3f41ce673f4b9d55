using OnionHost.Network.Circuits;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Streams;

/// <summary>
/// A stream that the peer wants to open. Exactly one of <see cref="Accept"/>, <see cref="Refuse(EndReason)"/> and
/// <see cref="Answer"/> is called, once; data that arrives before waits in the stream.
/// </summary>
internal sealed class InboundStream
{
    private readonly TorStream _stream;

    public InboundStream(CircuitEdge edge, TorStream stream, RelayCommand command, ReadOnlyMemory<byte> body)
    {
        Edge = edge;
        _stream = stream;
        Command = command;
        Body = body;
    }

    /// <summary>The edge that it came on; its <see cref="CircuitEdge.Circuit"/> is the circuit.</summary>
    public CircuitEdge Edge { get; }

    public StreamId Id => _stream.Id;

    /// <summary>BEGIN, BEGIN_DIR or RESOLVE.</summary>
    public RelayCommand Command { get; }

    /// <summary>The message's body.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>Cancelled when the peer gives up, or the circuit closes.</summary>
    public CancellationToken Closed => _stream.Closed;

    /// <summary>Reads the body of a BEGIN.</summary>
    /// <exception cref="Protocol.ProtocolException">It is malformed: END TORPROTOCOL is the answer.</exception>
    public BeginMessage Begin()
    {
        var reader = new SpanReader(Body.Span);
        return BeginMessage.Read(ref reader);
    }

    /// <summary>Says CONNECTED, and opens the stream. If the peer has gone meanwhile, the stream is a closed one.</summary>
    /// <param name="connected">What to say.</param>
    /// <param name="inline">True if the stream's user never blocks and may run on the link's read loop.</param>
    public TorStream Accept(ConnectedMessage connected, bool inline = false)
    {
        if (_stream.TryOpen(inline))
        {
            Span<byte> body = stackalloc byte[32];
            var writer = new SpanWriter(body);
            connected.Write(ref writer);
            Edge.Send(RelayCommand.Connected, Id, writer.Written);
            _stream.Start();
        }

        return _stream;
    }

    /// <summary>Says END.</summary>
    public void Refuse(EndReason reason) => Refuse(new EndMessage(reason, null, 0));

    /// <summary>Says END, with the address that the exit policy refuses.</summary>
    public void Refuse(EndMessage end) => _stream.Close(end.Reason, StreamException.Ended(end.Reason), tellPeer: true, end);

    /// <summary>Says RESOLVED, which also ends the stream.</summary>
    public void Answer(ResolvedMessage resolved)
    {
        if (_stream.Close(EndReason.Done, fault: null, tellPeer: false))
        {
            Span<byte> body = stackalloc byte[RelayMessage.BodyMax];
            var writer = new SpanWriter(body);
            resolved.Write(ref writer);
            Edge.Send(RelayCommand.Resolved, Id, writer.Written);
        }
    }
}
