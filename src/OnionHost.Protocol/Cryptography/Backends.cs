namespace OnionHost.Protocol.Cryptography;

/// <summary>The choice between the backends, made once a process.</summary>
internal static class Backends
{
    /// <summary>OpenSSL where it is, managed code elsewhere.</summary>
    public static CryptographyBackend Preferred { get; } =
        LibCrypto.IsAvailable ? CryptographyBackend.OpenSsl : CryptographyBackend.Managed;
}
