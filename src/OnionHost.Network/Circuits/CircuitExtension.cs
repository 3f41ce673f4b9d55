using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Circuits;

/// <summary>Makes a client's circuit longer and shorter, one step at a time.</summary>
internal sealed class CircuitExtension(ClientCircuit circuit)
{
    private int _earlyLeft = ClientCircuit.MaxEarlyCells;
    private int _busy;
    private int _truncatingTo = -1;

    /// <inheritdoc cref="ClientCircuit.ExtendAsync"/>
    public async Task ExtendAsync(HopTarget hop, CancellationToken cancellationToken)
    {
        Begin();
        var index = circuit.Length;
        try
        {
            using var handshake = HopHandshake.Begin(hop, circuit.Context.Random);
            var answer = circuit.LastHop.ReceiveAsync(RelayCommand.Extended2, cancellationToken);
            SendExtend(new Extend2Message(hop.Specifiers, handshake.Type, handshake.Onionskin));
            circuit.AddHop(handshake, await answer.ConfigureAwait(false), hop);
        }
        catch (Exception e)
        {
            throw circuit.Failed(e, index, cancellationToken);
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }

    /// <inheritdoc cref="ClientCircuit.TruncateAsync"/>
    public async Task TruncateAsync(int hops, CancellationToken cancellationToken)
    {
        Begin();
        try
        {
            var edge = circuit.Edge(hops - 1);
            var answer = edge.ReceiveAsync(RelayCommand.Truncated, cancellationToken);
            Volatile.Write(ref _truncatingTo, hops);
            edge.Send(RelayCommand.Truncate, StreamId.None, [(byte)DestroyReason.None]);
            await answer.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            throw circuit.Failed(e, hops, cancellationToken);
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }

    /// <summary>Read loop: what we asked for shortens the circuit; unasked, it is the end of it (tor-spec 5.4).</summary>
    public void OnTruncated(CircuitEdge edge, ReadOnlySpan<byte> body)
    {
        var reader = new SpanReader(body);
        var reason = TruncatedMessage.Read(ref reader).Reason;
        var keep = Interlocked.Exchange(ref _truncatingTo, -1);
        if (keep >= 1 && circuit.Edge(keep - 1) == edge)
        {
            circuit.CutBack(keep);
        }
        else
        {
            circuit.Close(reason, tellPeer: true, $"a relay cut it off ({reason})");
        }
    }

    private void Begin()
    {
        if (Interlocked.Exchange(ref _busy, 1) != 0)
        {
            throw new InvalidOperationException("The circuit is being extended or truncated already.");
        }
    }

    private void SendExtend(in Extend2Message message)
    {
        if (_earlyLeft-- <= 0)
        {
            throw new CircuitException(
                $"The circuit was extended {ClientCircuit.MaxEarlyCells} times already; build a new one.", DestroyReason.Requested);
        }

        Span<byte> body = stackalloc byte[RelayMessage.BodyMax];
        var writer = new SpanWriter(body);
        message.Write(ref writer);
        circuit.LastHop.Send(RelayCommand.Extend2, StreamId.None, writer.Written, early: true);
    }
}
