using OnionHost.Network.Circuits;
using OnionHost.Network.Directory;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Paths;

/// <summary>What a circuit that is built for one purpose must look like.</summary>
internal sealed record CircuitRequest
{
    /// <summary>Relays on the circuit, the last one included.</summary>
    public int Length { get; init; } = 3;

    /// <summary>The last relay when somebody else chose it; its link specifiers are sent as they are.</summary>
    public HopTarget? Last { get; init; }

    /// <summary>Which relays may be the last one, when it is chosen here.</summary>
    public Func<RelayNode, bool>? LastFilter { get; init; }

    /// <summary>True if the circuit shall live long: only relays with the Stable flag.</summary>
    public bool Stable { get; init; }

    /// <summary>True for both ends of onion services: the second relay is a vanguard then.</summary>
    public bool IsOnion { get; init; }

    /// <summary>Relays that must not be on the circuit.</summary>
    public IReadOnlyCollection<RelayFingerprint> Exclude { get; init; } = [];
}
