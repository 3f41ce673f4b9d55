namespace OnionHost.Dht.Descriptors;

/// <summary>A descriptor's <c>flow-control</c> line: the service can do congestion control on the onion hop.</summary>
/// <param name="SendmeIncrement">Cells per SENDME, 1 to 255; 31 on the public network.</param>
internal readonly record struct FlowControlOffer(byte SendmeIncrement);
