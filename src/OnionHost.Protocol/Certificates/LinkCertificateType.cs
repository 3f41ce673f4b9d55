namespace OnionHost.Protocol.Certificates;

/// <summary>The kinds of certificate in a CERTS cell (tor-spec 4.2).</summary>
public static class LinkCertificateType
{
    /// <summary>X.509: the TLS leaf.</summary>
    public const byte RsaLink = 1;

    /// <summary>X.509: the self-signed RSA identity, 1024 bits.</summary>
    public const byte RsaIdentity = 2;

    /// <summary>X.509: the authentication key of an older method; ignored.</summary>
    public const byte RsaAuthenticate = 3;

    /// <summary>Ed25519: the signing key, certified by the master identity.</summary>
    public const byte Ed25519Signing = 4;

    /// <summary>Ed25519: the TLS leaf's digest, certified by the signing key.</summary>
    public const byte Ed25519Link = 5;

    /// <summary>Ed25519: the key that signs AUTHENTICATE, certified by the signing key.</summary>
    public const byte Ed25519Authenticate = 6;

    /// <summary>The Ed25519 master identity, certified by the RSA identity.</summary>
    public const byte RsaEd25519Cross = 7;
}
