namespace OnionHost.Network.Relays;

/// <summary>Something that a relay does on circuits besides passing cells on: introduction point, rendezvous point.</summary>
internal interface IRelayRole
{
    /// <summary>
    /// A circuit was created here: the role registers for its relay commands at <see cref="RelayCircuit.Edge"/>. Called on
    /// a worker before the circuit's first cell.
    /// </summary>
    void Attach(RelayCircuit circuit);
}
