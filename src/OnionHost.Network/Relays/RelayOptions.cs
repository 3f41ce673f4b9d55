using System.Net;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Relays;

/// <summary>What a relay is told about itself: the torrc of a stock relay in small.</summary>
/// <param name="Nickname">Its name in the directory.</param>
/// <param name="Listen">Where it accepts links; port 0 takes a free one.</param>
internal sealed record RelayOptions(Nickname Nickname, IPEndPoint Listen)
{
    /// <summary>The address that others find it at; the listening one if null.</summary>
    public IPAddress? AdvertisedAddress { get; init; }

    /// <summary>The port that others find it at; the listening one if null.</summary>
    public int? AdvertisedPort { get; init; }

    /// <summary>Its second address family, with the port; null for none.</summary>
    public IPEndPoint? AdvertisedIPv6 { get; init; }

    /// <summary>The port of its plain HTTP directory; 0 for none.</summary>
    public int DirPort { get; init; }

    /// <summary>Where it connects to for clients; nowhere unless told otherwise.</summary>
    public ExitPolicy Policy { get; init; } = ExitPolicy.RejectAll;

    /// <summary>True if it serves directory documents.</summary>
    public bool IsDirectoryCache { get; init; } = true;

    /// <summary>True if it stores onion services' descriptors.</summary>
    public bool IsHsDir { get; init; } = true;

    /// <summary>How to reach whoever runs it.</summary>
    public string Contact { get; init; } = string.Empty;

    /// <summary>Average bytes a second that it advertises.</summary>
    public long BandwidthRate { get; init; } = 1 << 30;

    /// <summary>Bytes a second that it advertises for bursts.</summary>
    public long BandwidthBurst { get; init; } = 1 << 30;

    /// <summary>Bytes a second that it claims to have seen: what clients weigh it by until somebody measures it.</summary>
    public long BandwidthObserved { get; init; } = 10_000_000;

    /// <summary>Resolves names for the exit role; null takes the system's resolver.</summary>
    public IExitResolver? Resolver { get; init; }

    /// <summary>True for what the exit does not connect to whatever the policy says; null refuses nothing more.</summary>
    public Func<IPEndPoint, bool>? ExitRefuses { get; init; }

    /// <summary>True in private networks: extends to, and exits to, private addresses.</summary>
    public bool AllowPrivateAddresses { get; init; }

    /// <summary>Relays of the same owner, by fingerprint or nickname; clients use one of them per circuit.</summary>
    public IReadOnlyList<string> Family { get; init; } = [];

    /// <summary>How long a connection to the next relay, and its answer, may take.</summary>
    public TimeSpan ExtendTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Handshakes that may wait for a worker; more are refused with RESOURCELIMIT.</summary>
    public int MaxWaitingHandshakes { get; init; } = 2048;
}
