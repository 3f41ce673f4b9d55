using OnionHost.Network.Links;
using OnionHost.Protocol;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Relays;

/// <summary>
/// What follows after us on a circuit: nothing, an extension that is being made, or the next hop. Extending and cutting
/// off come on the read loop of the link before; the next relay's answer comes whenever it comes.
/// </summary>
internal sealed class CircuitTail(RelayCircuit circuit, RelayExtender extender)
{
    private readonly Lock _lock = new();
    private volatile NextHop? _next;
    private CancellationTokenSource? _extending;
    private bool _closed;

    public NextHop? Next => _next;

    /// <summary>EXTEND2: checks it, and goes on away from the read loop.</summary>
    /// <exception cref="ProtocolException">The circuit goes on already, or this is no place to go.</exception>
    public void Extend(ReadOnlySpan<byte> body)
    {
        var reader = new SpanReader(body);
        var message = Extend2Message.Read(ref reader);
        var target = extender.Check(message, circuit.Previous.Peer);
        CancellationTokenSource extending;
        lock (_lock)
        {
            if (_next is not null || _extending is not null)
            {
                throw new ProtocolException("EXTEND2 came for a circuit that goes on already.");
            }

            _extending = extending = new CancellationTokenSource(extender.Timeout, circuit.Context.Time);
        }

        _ = Task.Run(() => ExtendAsync(target, new Create2Cell(message.Type, message.Onionskin), extending));
    }

    /// <summary>Ends the tail and leaves the circuit; one that is just being made is given up.</summary>
    public void CutOff(DestroyReason reason)
    {
        NextHop? next;
        CancellationTokenSource? extending;
        lock (_lock)
        {
            (next, _next) = (_next, null);
            (extending, _extending) = (_extending, null);
        }

        extending?.Cancel();
        next?.Destroy(reason);
    }

    /// <summary>The circuit closed: the tail ends, and no other comes.</summary>
    public void Close(DestroyReason reason)
    {
        lock (_lock)
        {
            _closed = true;
        }

        CutOff(reason);
    }

    private static DestroyReason ReasonOf(Exception fault) => fault switch
    {
        OperationCanceledException => DestroyReason.Timeout,
        ProtocolException => DestroyReason.Protocol,
        LinkException link => link.Reason,
        _ => DestroyReason.ConnectFailed,
    };

    private async Task ExtendAsync(LinkTarget target, Create2Cell create, CancellationTokenSource extending)
    {
        NextHop? next = null;
        try
        {
            var link = await extender.ConnectAsync(target, extending.Token).ConfigureAwait(false);
            next = new NextHop(circuit, link);
            if (!TrySetNext(next, extending))
            {
                return;
            }

            var payload = await next.CreateAsync(create).WaitAsync(extending.Token).ConfigureAwait(false);
            SendExtended(payload, extending);
        }
        catch (Exception e)
        {
            next?.Destroy(DestroyReason.None);
            if (TryEnd(extending))
            {
                circuit.Fail(ReasonOf(e), $"it could not be extended: {e.Message}");
            }
        }
    }

    private bool TrySetNext(NextHop next, CancellationTokenSource extending)
    {
        lock (_lock)
        {
            if (_closed || _extending != extending)
            {
                return false;
            }

            _next = next;
            return true;
        }
    }

    /// <summary>True if the extension was neither cut off nor given up.</summary>
    private bool TryEnd(CancellationTokenSource extending)
    {
        lock (_lock)
        {
            if (_extending != extending)
            {
                return false;
            }

            _extending = null;
        }

        extending.Dispose();
        return true;
    }

    private void SendExtended(ReadOnlySpan<byte> created, CancellationTokenSource extending)
    {
        var reader = new SpanReader(created);
        var reply = Created2Cell.Read(ref reader).Reply;
        Span<byte> body = stackalloc byte[RelayMessage.BodyMax];
        if (reply.Length > RelayMessage.BodyMax - 2)
        {
            throw new ProtocolException("CREATED2 is too long for EXTENDED2.");
        }

        var writer = new SpanWriter(body);
        new Extended2Message(reply).Write(ref writer);
        if (TryEnd(extending))
        {
            circuit.Previous.MarkMultiHop();
            circuit.Edge.Send(RelayCommand.Extended2, StreamId.None, writer.Written);
        }
    }
}
