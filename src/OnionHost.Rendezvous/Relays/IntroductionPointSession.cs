using OnionHost.Protocol;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Identities;

namespace OnionHost.Rendezvous.Relays;

/// <summary>
/// One circuit at an introduction point: it is a service's or a client's, once. Called on the circuit's read loop; a
/// <see cref="ProtocolException"/> closes the circuit.
/// </summary>
internal sealed class IntroductionPointSession(IntroductionPoints points, IRoleCircuit circuit)
{
    private Ed25519Identity? _established;
    private bool _introduced;
    private volatile bool _closed;

    /// <summary>ESTABLISH_INTRO.</summary>
    public void OnEstablish(ReadOnlySpan<byte> body)
    {
        if (_established is not null || _introduced || circuit.HasNext)
        {
            throw new ProtocolException("ESTABLISH_INTRO came on a circuit that is used for something else.");
        }

        try
        {
            _established = points.Establish(circuit, body);
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

    /// <summary>INTRODUCE1: one on a circuit, so that an introduction costs a circuit; never from whoever is only one hop away.</summary>
    public void OnIntroduce(ReadOnlySpan<byte> body)
    {
        if (_established is not null || _introduced || circuit.HasNext)
        {
            throw new ProtocolException("A second INTRODUCE1 came on a circuit, or one on a circuit of something else.");
        }

        if (circuit.IsFromClient)
        {
            throw new ProtocolException("INTRODUCE1 came from a client with a circuit of one hop.");
        }

        _introduced = true;
        points.Introduce(circuit, body);
    }

    /// <summary>The circuit is gone.</summary>
    public void OnClosed()
    {
        _closed = true;
        if (_established is { } key)
        {
            points.Remove(key, circuit);
        }
    }
}
