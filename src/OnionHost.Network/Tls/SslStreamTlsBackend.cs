using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace OnionHost.Network.Tls;

/// <summary>TLS by <see cref="SslStream"/>: works on every OS, but cannot export keying material.</summary>
/// <param name="protocols">TLS 1.2 and 1.3 unless a test narrows them.</param>
internal sealed class SslStreamTlsBackend(SslProtocols protocols = SslProtocols.Tls12 | SslProtocols.Tls13) : ITlsBackend
{
    /// <inheritdoc/>
    public bool CanExport => false;

    /// <inheritdoc/>
    public Task<TlsConnection> ConnectAsync(Socket socket, string serverName, CancellationToken cancellationToken) =>
        ShakeHandsAsync(socket, stream => stream.AuthenticateAsClientAsync(ClientOptions(serverName), cancellationToken), default);

    /// <inheritdoc/>
    public Task<TlsConnection> AcceptAsync(Socket socket, X509Certificate2 certificate, CancellationToken cancellationToken) =>
        ShakeHandsAsync(socket, stream => stream.AuthenticateAsServerAsync(ServerOptions(certificate), cancellationToken), certificate.RawData);

    private static async Task<TlsConnection> ShakeHandsAsync(Socket socket, Func<SslStream, Task> handshake, ReadOnlyMemory<byte> localLeaf)
    {
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            socket.NoDelay = true;
            await handshake(stream).ConfigureAwait(false);
            return new SslStreamTlsConnection(socket, stream, localLeaf);
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private SslClientAuthenticationOptions ClientOptions(string serverName) => new()
    {
        TargetHost = serverName,
        EnabledSslProtocols = protocols,
        AllowRenegotiation = false,
        AllowTlsResume = false,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,

        // The certificate proves nothing by itself: the CERTS cell binds it to the relay's identity (tor-spec 4.2).
        RemoteCertificateValidationCallback = static (_, _, _, _) => true,
    };

    private SslServerAuthenticationOptions ServerOptions(X509Certificate2 certificate) => new()
    {
        ServerCertificateContext = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true),
        EnabledSslProtocols = protocols,
        AllowRenegotiation = false,
        AllowTlsResume = false,
        ClientCertificateRequired = false,
    };
}
