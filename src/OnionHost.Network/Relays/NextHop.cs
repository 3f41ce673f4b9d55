using OnionHost.Network.Circuits;
using OnionHost.Network.Links;
using OnionHost.Protocol;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Relays;

/// <summary>The outward side of a relayed circuit: the link to the relay after us.</summary>
internal sealed class NextHop : ILinkCircuit
{
    private readonly RelayCircuit _circuit;
    private readonly ICircuitLink _link;
    private readonly TaskCompletionSource<byte[]> _created = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private CircuitId _id;
    private bool _closed;

    public NextHop(RelayCircuit circuit, ICircuitLink link)
    {
        _circuit = circuit;
        _link = link;
    }

    /// <summary>Asks the next relay for a circuit; the result is the payload of its CREATED2.</summary>
    public Task<byte[]> CreateAsync(in Create2Cell create)
    {
        Span<byte> payload = stackalloc byte[CellFraming.PayloadSize];
        payload.Clear();
        var writer = new SpanWriter(payload);
        create.Write(ref writer);
        lock (_lock)
        {
            if (!_closed)
            {
                _id = _link.Attach(this);
                _link.Send(_id, CellCommand.Create2, payload);
            }
        }

        return _created.Task;
    }

    /// <summary>Read loop of the link before: passes a cell on.</summary>
    public void Send(CellCommand command, ReadOnlySpan<byte> payload)
    {
        if (!_created.Task.IsCompletedSuccessfully)
        {
            throw new ProtocolException("A cell came for a hop that is not there yet.");
        }

        _link.Send(_id, command, payload);
    }

    /// <summary>Ends this side; the next relay is told, and the circuit is not.</summary>
    public void Destroy(DestroyReason reason)
    {
        if (!TryClose())
        {
            return;
        }

        if (_id != CircuitId.None)
        {
            _link.Destroy(_id, reason);
        }
    }

    void ILinkCircuit.OnCell(CellCommand command, Span<byte> payload)
    {
        switch (command)
        {
            case CellCommand.Relay:
                _circuit.SendInward(payload);
                break;
            case CellCommand.Created2:
                _created.TrySetResult(payload.ToArray());
                break;
            case CellCommand.Destroy:
                Ended(DestroyReason.Destroyed);
                break;
            case CellCommand.RelayEarly:
                _circuit.Fail(DestroyReason.Protocol, "RELAY_EARLY came inward.");
                break;
        }
    }

    void ILinkCircuit.OnBatchEnd()
    {
    }

    void ILinkCircuit.OnLinkClosed() => Ended(DestroyReason.ChannelClosed);

    private void Ended(DestroyReason reason)
    {
        if (TryClose())
        {
            _circuit.OnNextClosed(this, reason);
        }
    }

    private bool TryClose()
    {
        lock (_lock)
        {
            if (_closed)
            {
                return false;
            }

            _closed = true;
        }

        _created.TrySetException(new CircuitException("The next relay refused or closed the circuit.", DestroyReason.Destroyed));
        _ = _created.Task.Exception; // Nobody has to wait for it.
        return true;
    }
}
