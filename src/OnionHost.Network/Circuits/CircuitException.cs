using OnionHost.Protocol;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Circuits;

/// <summary>A circuit could not be built or extended, or it closed under whoever was using it.</summary>
internal sealed class CircuitException : TorException
{
    /// <summary>Creates the failure.</summary>
    public CircuitException(string message, DestroyReason reason, int failedHop = -1, Exception? innerException = null)
        : base(TorErrorKind.Network, message, isTransient: true, innerException)
    {
        Reason = reason;
        FailedHop = failedHop;
    }

    /// <summary>The reason that the network gave, or ours.</summary>
    public DestroyReason Reason { get; }

    /// <summary>Index of the hop that could not be reached while building; -1 once the circuit stood.</summary>
    public int FailedHop { get; }

    /// <summary>Relays that could not be reached while building.</summary>
    public IReadOnlyList<RelayFingerprint> FailedRelays { get; init; } = [];
}
