using OnionHost.Network.Circuits;

namespace OnionHost.Network.Paths;

/// <summary>Gives circuits that belong to the caller alone.</summary>
internal interface ICircuitSource
{
    /// <summary>Builds a circuit, or finishes one that was built ahead; tries other relays when a hop fails. The caller disposes it.</summary>
    /// <exception cref="Protocol.TorException">No relay fits, or none of the tries succeeded.</exception>
    Task<ClientCircuit> BuildAsync(CircuitRequest request, CancellationToken cancellationToken);
}
