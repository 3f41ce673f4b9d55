using OnionHost.Protocol;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Identities;

namespace OnionHost.Rendezvous.Relays;

/// <summary>
/// One circuit at a rendezvous point: it is a client's or a service's, once. Called on the circuit's read loop; a
/// <see cref="ProtocolException"/> closes the circuit.
/// </summary>
internal sealed class RendezvousPointSession(RendezvousPoints points, IRoleCircuit circuit)
{
    private Digest160? _cookie;
    private bool _joined;
    private volatile bool _closed;

    /// <summary>ESTABLISH_RENDEZVOUS.</summary>
    public void OnEstablish(ReadOnlySpan<byte> body)
    {
        Once();
        if (circuit.IsFromClient)
        {
            throw new ProtocolException("ESTABLISH_RENDEZVOUS came from a client with a circuit of one hop.");
        }

        try
        {
            _cookie = points.Establish(circuit, body);
        }
        catch (TorException fault) when (fault is not ProtocolException)
        {
            circuit.Close(DestroyReason.ResourceLimit);
        }

        if (_closed)
        {
            OnClosed();
        }
    }

    /// <summary>RENDEZVOUS1.</summary>
    public void OnJoin(ReadOnlySpan<byte> body)
    {
        Once();
        _joined = true;
        points.Join(circuit, body);
    }

    /// <summary>The circuit is gone.</summary>
    public void OnClosed()
    {
        _closed = true;
        if (_cookie is { } cookie)
        {
            points.Remove(cookie, circuit);
        }
    }

    private void Once()
    {
        if (_cookie is not null || _joined || circuit.HasNext)
        {
            throw new ProtocolException("A rendezvous was asked for on a circuit that is used for something else.");
        }
    }
}
