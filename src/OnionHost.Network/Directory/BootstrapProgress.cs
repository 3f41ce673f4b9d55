using OnionHost.Protocol;

namespace OnionHost.Network.Directory;

/// <summary>How far a node is with learning about the network, and what holds it up.</summary>
/// <param name="Phase">What it is waiting for.</param>
/// <param name="Percent">0 to 100.</param>
/// <param name="Problem">Why the last attempt failed; its message says what to do. Null if nothing failed since the last step.</param>
public sealed record BootstrapProgress(BootstrapPhase Phase, int Percent, TorException? Problem)
{
    /// <summary>Nothing has been asked for yet.</summary>
    public static BootstrapProgress Start { get; } = new(BootstrapPhase.Starting, 0, null);
}
