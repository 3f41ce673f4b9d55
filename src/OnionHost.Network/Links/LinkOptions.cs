using System.Net;
using OnionHost.Network.Links.Traffic;
using OnionHost.Network.Tls;
using OnionHost.Protocol.Certificates;
using OnionHost.Protocol.Directory.Consensuses;

namespace OnionHost.Network.Links;

/// <summary>How a node links. Without <see cref="Credentials"/> it is a client, and takes no links.</summary>
internal sealed record LinkOptions
{
    /// <summary>Makes the TLS connections; null takes libssl where it is, SslStream elsewhere.</summary>
    public ITlsBackend? Tls { get; init; }

    /// <summary>A relay's present credentials, asked for each link; null for a client.</summary>
    public Func<LinkCredentials>? Credentials { get; init; }

    /// <summary>The addresses that a relay tells its peers in NETINFO; clients tell none.</summary>
    public IReadOnlyList<IPAddress> OwnAddresses { get; init; } = [];

    /// <summary>The local address that connections are made from (stock's OutboundBindAddress); null leaves it to the system.</summary>
    public IPAddress? ConnectFrom { get; init; }

    /// <summary>How long TCP may take, and after it TLS with the link's handshake. Default: 10 s.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The network's parameters of the moment; the defaults before it is known.</summary>
    public Func<NetworkParameters> Parameters { get; init; } = static () => NetworkParameters.Empty;

    /// <summary>How long a link without circuits stays; null: 3 to 4.5 minutes with a client at one end, 45 to 75 minutes between relays.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>After this silence a padding cell goes out. Default: 5 minutes.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A link older than this takes no new circuits of ours. Default: 7 days.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Circuits on one link. Default: 16384.</summary>
    public int MaxCircuits { get; init; } = 16384;

    /// <summary>Cells of one circuit that may wait for the writer (514 bytes each); then the circuit is destroyed. Default: 4000.</summary>
    public int MaxQueuedCellsPerCircuit { get; init; } = 4000;

    /// <summary>Cells of all circuits of one link that may wait. Default: 65536.</summary>
    public int MaxQueuedCells { get; init; } = 65536;

    /// <summary>Inbound connections whose handshake goes on; more wait in the system's backlog. Default: 256.</summary>
    public int MaxHalfOpen { get; init; } = 256;

    /// <summary>Links altogether; more inbound connections are closed. Default: 16384.</summary>
    public int MaxLinks { get; init; } = 16384;

    /// <summary>Incoming bytes of all links and applications together; null for no limit.</summary>
    public Bandwidth? Bandwidth { get; init; }

    /// <summary>Incoming bytes of each link; null for no limit.</summary>
    public Bandwidth? BandwidthPerLink { get; init; }

    /// <summary>Bytes that waiting cells of all links may take; null for a part of the machine's memory.</summary>
    public long? MaxMemoryInQueues { get; init; }
}
