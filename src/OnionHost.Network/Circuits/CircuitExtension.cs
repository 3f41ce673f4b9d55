using OnionHost.Network.Congestion;
using OnionHost.Protocol;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Handshakes;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Circuits;

/// <summary>Makes a client's circuit: the first hop, then longer and shorter, one step at a time.</summary>
internal sealed class CircuitExtension(ClientCircuit circuit)
{
    /// <summary>Relays of a usual circuit; shorter ones have thresholds of their own.</summary>
    private const int FullLength = 3;

    private readonly TaskCompletionSource<byte[]> _created = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _earlyLeft = ClientCircuit.MaxEarlyCells;
    private int _busy;
    private int _truncatingTo = -1;
    private TaskCompletionSource<byte[]?>? _outcome;

    /// <summary>Makes the first hop. A failure or cancellation closes the circuit.</summary>
    /// <exception cref="CircuitException">The relay refused or failed.</exception>
    public async Task CreateAsync(HopHandshake handshake, HopTarget? first, CancellationToken cancellationToken)
    {
        try
        {
            circuit.SendCreate(handshake);
            AddHop(handshake, await _created.Task.WaitAsync(cancellationToken).ConfigureAwait(false), first);
        }
        catch (Exception e)
        {
            throw Failed(e, 0, cancellationToken);
        }
    }

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
            AddHop(handshake, await answer.ConfigureAwait(false), hop);
        }
        catch (Exception e)
        {
            throw Failed(e, index, cancellationToken);
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }

    /// <inheritdoc cref="ClientCircuit.TryExtendAsync"/>
    public async Task<bool> TryExtendAsync(HopTarget hop, TimeSpan patience, CancellationToken cancellationToken)
    {
        Begin();
        var index = circuit.Length;
        try
        {
            using var handshake = HopHandshake.Begin(hop, circuit.Context.Random);
            if (await AskAsync(hop, handshake, patience, cancellationToken).ConfigureAwait(false) is not { } answer)
            {
                return false;
            }

            AddHop(handshake, answer, hop);
            return true;
        }
        catch (Exception e)
        {
            throw Failed(e, index, cancellationToken);
        }
        finally
        {
            Volatile.Write(ref _outcome, null);
            Volatile.Write(ref _busy, 0);
        }
    }

    /// <inheritdoc cref="ClientCircuit.TruncateAsync"/>
    public async Task TruncateAsync(int hops, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(hops, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(hops, circuit.Length);
        Begin();
        try
        {
            await CutAsync(hops, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            throw Failed(e, hops, cancellationToken);
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }

    /// <summary>Read loop: the first relay answered.</summary>
    /// <exception cref="ProtocolException">For the second time.</exception>
    public void OnCreated(ReadOnlySpan<byte> payload)
    {
        if (!_created.TrySetResult(payload.ToArray()))
        {
            throw new ProtocolException("A circuit was answered twice.");
        }
    }

    /// <summary>The circuit is closed: nobody answers any more.</summary>
    public void Close(CircuitException cause)
    {
        _created.TrySetException(cause);
        _ = _created.Task.Exception; // Nobody has to wait for it.
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
        else if (circuit.LastHop == edge && Volatile.Read(ref _outcome)?.TrySetResult(null) == true)
        {
            // The hop that was just asked for cannot be had; all before it stand.
        }
        else
        {
            circuit.Close(reason, tellPeer: true, $"a relay cut it off ({reason})");
        }
    }

    /// <summary>Closes a circuit that could not be built, and says so to whoever builds it.</summary>
    private Exception Failed(Exception fault, int hop, CancellationToken cancellationToken)
    {
        circuit.Close(fault is ProtocolException ? DestroyReason.Protocol : DestroyReason.Requested, tellPeer: true, "it could not be built");
        return fault switch
        {
            OperationCanceledException => new OperationCanceledException(fault.Message, fault, cancellationToken),
            CircuitException circuit => new CircuitException(circuit.Message, circuit.Reason, hop, circuit),
            ProtocolException => new CircuitException($"Hop {hop} broke the protocol: {fault.Message}", DestroyReason.Protocol, hop, fault),
            _ => new CircuitException($"Hop {hop} could not be added: {fault.Message}", DestroyReason.Internal, hop, fault),
        };
    }

    /// <summary>A relay answered: it is the next hop.</summary>
    private void AddHop(HopHandshake handshake, ReadOnlySpan<byte> answer, HopTarget? target)
    {
        var keys = handshake.Complete(answer, out var terms);
        var ends = new EdgeLayer(keys.Layer.Forward, keys.Layer.Backward, keys.CircuitBinding, IsInitiator: true);
        var end = circuit.Length + 1 < FullLength ? FlowEnd.ShortClient : FlowEnd.ExitClient;
        circuit.AddHop(ends, target, circuit.BeginFlow(terms, end, acceptUntagged: handshake.Type == HandshakeType.Fast), keys);
    }

    /// <summary>The body of EXTENDED2; null if the last hop answers that it cannot be done.</summary>
    private async Task<byte[]?> AskAsync(HopTarget hop, HopHandshake handshake, TimeSpan patience, CancellationToken cancellationToken)
    {
        var edge = circuit.LastHop;
        var outcome = new TaskCompletionSource<byte[]?>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var extended = edge.Handle(RelayCommand.Extended2, (_, body) => outcome.TrySetResult(body.ToArray()));
        Volatile.Write(ref _outcome, outcome);
        SendExtend(new Extend2Message(hop.Specifiers, handshake.Type, handshake.Onionskin));
        try
        {
            await Task.WhenAny(outcome.Task, circuit.Closed).WaitAsync(patience, circuit.Context.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await CutAsync(circuit.Length, cancellationToken).ConfigureAwait(false);
            return null;
        }

        // A closed circuit tells here why it closed.
        return outcome.Task.IsCompleted ? await outcome.Task.ConfigureAwait(false) : await edge.ReceiveAsync(RelayCommand.Extended2, cancellationToken).ConfigureAwait(false);
    }

    private async Task CutAsync(int hops, CancellationToken cancellationToken)
    {
        var edge = circuit.Edge(hops - 1);
        var answer = edge.ReceiveAsync(RelayCommand.Truncated, cancellationToken);
        Volatile.Write(ref _outcome, null);
        Volatile.Write(ref _truncatingTo, hops);
        edge.Send(RelayCommand.Truncate, StreamId.None, [(byte)DestroyReason.None]);
        await answer.ConfigureAwait(false);
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
