namespace OnionHost.Protocol.Certificates;

/// <summary>What kind of key a relay's TLS certificate holds. Nobody's identity hangs on it: CERTS binds the certificate's digest.</summary>
public enum LinkLeafKind
{
    /// <summary>RSA, 2048 bits: what stock relays have, and expect without a word in their logs.</summary>
    Rsa,

    /// <summary>NIST P-256: made in no time and cheap in handshakes. For networks without stock relays.</summary>
    EllipticCurve,
}
