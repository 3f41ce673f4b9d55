namespace OnionHost.Protocol.Cryptography;

/// <summary>Which code computes a primitive. Tests run both; everything else takes <see cref="Backends.Preferred"/>.</summary>
internal enum CryptographyBackend
{
    /// <summary>BouncyCastle and the base class library: everywhere.</summary>
    Managed,

    /// <summary>OpenSSL 3's libcrypto: three times faster, where it can be loaded.</summary>
    OpenSsl,
}
