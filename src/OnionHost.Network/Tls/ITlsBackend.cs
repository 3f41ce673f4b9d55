using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace OnionHost.Network.Tls;

/// <summary>Makes TLS connections out of connected sockets. Nobody validates X.509 here: identities come from CERTS.</summary>
internal interface ITlsBackend
{
    /// <summary>True if connections can export keying material (RFC 5705), which AUTHENTICATE needs.</summary>
    bool CanExport { get; }

    /// <summary>Shakes hands as TLS client. The connection owns the socket from here on, also when it fails.</summary>
    Task<TlsConnection> ConnectAsync(Socket socket, string serverName, CancellationToken cancellationToken);

    /// <summary>Shakes hands as TLS server. The connection owns the socket from here on, also when it fails.</summary>
    Task<TlsConnection> AcceptAsync(Socket socket, X509Certificate2 certificate, CancellationToken cancellationToken);
}
