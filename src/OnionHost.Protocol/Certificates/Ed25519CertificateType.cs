namespace OnionHost.Protocol.Certificates;

/// <summary>What an Ed25519 certificate certifies (cert-spec A.1), 1 byte.</summary>
public enum Ed25519CertificateType : byte
{
    /// <summary>A relay's signing key, by its master identity.</summary>
    SigningKey = 4,

    /// <summary>The digest of a TLS leaf certificate, by the signing key.</summary>
    TlsLink = 5,

    /// <summary>The key that signs AUTHENTICATE, by the signing key.</summary>
    LinkAuthentication = 6,

    /// <summary>An onion descriptor's signing key, by the blinded identity.</summary>
    OnionDescriptorSigning = 8,

    /// <summary>An introduction point's authentication key, by the descriptor's signing key.</summary>
    OnionIntroAuth = 9,

    /// <summary>A relay's master identity, by its ntor onion key in Ed25519 form.</summary>
    NtorOnionKey = 10,

    /// <summary>An introduction point's encryption key in Ed25519 form, by the descriptor's signing key.</summary>
    OnionIntroEncryption = 11,

    /// <summary>A relay's master identity, by its family's key.</summary>
    Family = 12,
}
