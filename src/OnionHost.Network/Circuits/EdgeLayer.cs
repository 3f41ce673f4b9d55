using OnionHost.Protocol.RelayCrypto;

namespace OnionHost.Network.Circuits;

/// <summary>One end of a layer: which of its directions this end sends and receives with.</summary>
/// <param name="Outgoing">What this end seals with.</param>
/// <param name="Incoming">What this end opens with.</param>
/// <param name="CircuitBinding">KH, 20 bytes; empty where the handshake gives none.</param>
/// <param name="IsInitiator">True at the end that asked for the layer.</param>
internal sealed record EdgeLayer(LayerDirection Outgoing, LayerDirection Incoming, ReadOnlyMemory<byte> CircuitBinding, bool IsInitiator);
