using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Circuits;

/// <summary>
/// Takes a control message (stream 0) on the link's read loop: it copies what it keeps, and does not block.
/// A <see cref="Protocol.ProtocolException"/> from it closes the circuit.
/// </summary>
internal delegate void RelayMessageHandler(RelayCommand command, ReadOnlySpan<byte> body);
