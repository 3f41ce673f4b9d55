using OnionHost.Protocol.RelayCrypto;

namespace OnionHost.Network.Circuits;

/// <summary>One hop of a client's circuit: the edge, whose relay it is (null for a virtual hop), and the keys it owns.</summary>
internal sealed record CircuitHop(CircuitEdge Edge, HopTarget? Target, LayerDirection Outward, LayerDirection Inward, IDisposable Keys);
