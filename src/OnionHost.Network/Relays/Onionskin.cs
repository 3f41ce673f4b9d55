using OnionHost.Protocol.Handshakes;

namespace OnionHost.Network.Relays;

/// <summary>A client's half of a handshake, waiting for our answer.</summary>
internal readonly record struct Onionskin(RelayCircuit Circuit, HandshakeType Type, ReadOnlyMemory<byte> Body);
