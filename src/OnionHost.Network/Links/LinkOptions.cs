using System.Net;
using OnionHost.Network.Tls;

namespace OnionHost.Network.Links;

/// <summary>How a node links.</summary>
internal sealed record LinkOptions
{
    /// <summary>Makes the TLS connections; null takes libssl where it is, SslStream elsewhere.</summary>
    public ITlsBackend? Tls { get; init; }

    /// <summary>The addresses that a relay tells its peers in NETINFO; clients tell none.</summary>
    public IReadOnlyList<IPAddress> OwnAddresses { get; init; } = [];
}
