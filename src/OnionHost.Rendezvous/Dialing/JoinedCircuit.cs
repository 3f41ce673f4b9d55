using OnionHost.Network.Circuits;
using OnionHost.Network.Streams;
using OnionHost.Protocol.Messages;

namespace OnionHost.Rendezvous.Dialing;

/// <summary>A client's circuit with the virtual hop to an onion service at its end.</summary>
internal sealed class JoinedCircuit(ClientCircuit circuit, CircuitEdge edge) : IJoinedCircuit
{
    /// <inheritdoc/>
    public bool IsOpen => circuit.IsOpen;

    /// <inheritdoc/>
    public int OpenStreams => edge.OpenStreams;

    /// <inheritdoc/>
    public Task<TorStream> OpenAsync(int port, CancellationToken cancellationToken) =>
        edge.OpenAsync(new BeginMessage(string.Empty, checked((ushort)port), 0), cancellationToken);

    /// <inheritdoc/>
    public void Close() => circuit.Close();
}
