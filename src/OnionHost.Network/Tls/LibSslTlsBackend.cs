using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;

namespace OnionHost.Network.Tls;

/// <summary>
/// TLS by OpenSSL's libssl through memory buffers: half the CPU of <see cref="SslStreamTlsBackend"/>, and it exports
/// keying material, which relays need to authenticate their links.
/// </summary>
/// <param name="maxVersion">TLS 1.3 unless a test narrows it.</param>
internal sealed class LibSslTlsBackend(int maxVersion = LibSsl.Tls13) : ITlsBackend
{
    private readonly LibSslContext _client = new(maxVersion, certificate: null);
    private readonly ConditionalWeakTable<X509Certificate2, LibSslContext> _servers = [];

    /// <inheritdoc/>
    public bool CanExport => true;

    /// <inheritdoc/>
    public Task<TlsConnection> ConnectAsync(Socket socket, string serverName, CancellationToken cancellationToken) =>
        ShakeHandsAsync(socket, () => LibSslSession.Client(_client, serverName), default, cancellationToken);

    /// <inheritdoc/>
    public Task<TlsConnection> AcceptAsync(Socket socket, X509Certificate2 certificate, CancellationToken cancellationToken) =>
        ShakeHandsAsync(
            socket, () => LibSslSession.Server(_servers.GetValue(certificate, leaf => new LibSslContext(maxVersion, leaf))), certificate.RawData, cancellationToken);

    private static async Task<TlsConnection> ShakeHandsAsync(
        Socket socket, Func<LibSslSession> create, ReadOnlyMemory<byte> localLeaf, CancellationToken cancellationToken)
    {
        LibSslTlsConnection? connection = null;
        try
        {
            socket.NoDelay = true;
            connection = new LibSslTlsConnection(socket, create(), localLeaf);
            await connection.ShakeHandsAsync(cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            socket.Dispose();
            if (connection is not null)
            {
                await connection.DisposeAsync().ConfigureAwait(false);
            }

            throw;
        }
    }
}
