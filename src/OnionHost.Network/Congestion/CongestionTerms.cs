using OnionHost.Network.Circuits;

namespace OnionHost.Network.Congestion;

/// <summary>What two ends of a layer agreed on.</summary>
/// <param name="Parameters">What the network says.</param>
/// <param name="SendmeIncrement">DATA cells for each SENDME.</param>
internal sealed record CongestionTerms(CongestionParameters Parameters, byte SendmeIncrement)
{
    /// <summary>Begins congestion control at one end.</summary>
    public CircuitFlow Begin(FlowEnd end, TimeProvider time) => new VegasCircuitFlow(this, end, time);
}
