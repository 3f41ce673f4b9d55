namespace OnionHost.Network.Tls;

/// <summary>Chooses a TLS backend for this machine.</summary>
internal static class TlsBackends
{
    /// <summary>libssl where OpenSSL 3 is, since it is cheaper and can export keying material; SslStream elsewhere.</summary>
    public static ITlsBackend Best() => LibSsl.IsAvailable ? new LibSslTlsBackend() : new SslStreamTlsBackend();
}
