namespace OnionHost.Protocol.Handshakes;

/// <summary>Which handshake a CREATE2 or EXTEND2 carries (tor-spec 5.1). 2 bytes on the wire.</summary>
public enum HandshakeType : ushort
{
    /// <summary>The first handshake, RSA and Diffie-Hellman. Refused everywhere today.</summary>
    Tap = 0,

    /// <summary>CREATE_FAST: no public-key step; the link's encryption is all there is.</summary>
    Fast = 1,

    /// <summary>ntor: x25519 against the relay's onion key.</summary>
    Ntor = 2,

    /// <summary>ntor-v3: ntor with encrypted extensions both ways.</summary>
    NtorV3 = 3,
}
