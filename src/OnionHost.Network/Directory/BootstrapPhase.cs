namespace OnionHost.Network.Directory;

/// <summary>How far a node is with learning about the network.</summary>
public enum BootstrapPhase
{
    /// <summary>Nothing has been asked for yet.</summary>
    Starting,

    /// <summary>Waiting for the authorities' certificates.</summary>
    Certificates,

    /// <summary>Waiting for the consensus.</summary>
    Consensus,

    /// <summary>Waiting for descriptions of the relays in the consensus.</summary>
    Descriptors,

    /// <summary>Enough is known to build circuits.</summary>
    Ready,
}
