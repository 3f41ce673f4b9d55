namespace OnionHost.Protocol.Handshakes;

/// <summary>Types of extensions in ntor-v3 messages.</summary>
public static class NtorV3ExtensionType
{
    /// <summary>Client: congestion control is wanted; no data (proposal 324).</summary>
    public const byte CongestionControlRequest = 1;

    /// <summary>Relay: congestion control is granted; 1 byte, the cells per SENDME (proposal 324).</summary>
    public const byte CongestionControlResponse = 2;

    /// <summary>Client: subprotocols wanted on this circuit; pairs of bytes, protocol and version, ascending (proposal 346).</summary>
    public const byte SubprotocolRequest = 3;
}
