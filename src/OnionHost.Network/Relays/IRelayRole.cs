namespace OnionHost.Network.Relays;

/// <summary>Something that a relay does on circuits besides passing cells on: introduction point, rendezvous point.</summary>
internal interface IRelayRole
{
    /// <summary>
    /// A circuit was created here: the role registers for its relay commands at <see cref="RelayCircuit.Edge"/>. Called
    /// before the circuit's first cell, on a worker or on the link's read loop: it must not block.
    /// </summary>
    void Attach(RelayCircuit circuit);
}
