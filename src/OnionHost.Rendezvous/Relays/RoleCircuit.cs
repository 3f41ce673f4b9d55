using OnionHost.Network.Relays;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;

namespace OnionHost.Rendezvous.Relays;

/// <summary>A relay's circuit as the onion-service roles see it.</summary>
internal sealed class RoleCircuit(RelayCircuit circuit) : IRoleCircuit
{
    /// <inheritdoc/>
    public bool IsFromClient => circuit.IsFromClient;

    /// <inheritdoc/>
    public bool HasNext => circuit.HasNext;

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Binding => circuit.Edge.CircuitBinding;

    /// <inheritdoc/>
    public void Send(RelayCommand command, ReadOnlySpan<byte> body) => circuit.Edge.Send(command, StreamId.None, body);

    /// <inheritdoc/>
    public void Join(IRoleCircuit other) => circuit.SpliceTo(((RoleCircuit)other).Inner);

    /// <inheritdoc/>
    public void Close(DestroyReason reason) => circuit.Close(reason);

    private RelayCircuit Inner => circuit;
}
