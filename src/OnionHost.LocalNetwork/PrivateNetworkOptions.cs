using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OnionHost.Network;

namespace OnionHost.LocalNetwork;

/// <summary>How large an embedded network is, and where it keeps its keys.</summary>
public sealed record PrivateNetworkOptions
{
    /// <summary>
    /// Directory authorities: 1 to 9, 3 by default. Three can lose one and still agree. 0 is possible with <see cref="OtherAuthorities"/>.
    /// </summary>
    public int Authorities { get; init; } = 3;

    /// <summary>
    /// Authorities of the same network that run elsewhere; none by default. If they are half of all or more, the network is up when
    /// they have agreed, by the schedule.
    /// </summary>
    public IReadOnlyList<DirectoryAuthority> OtherAuthorities { get; init; } = [];

    /// <summary>Relays besides the authorities: 3 to 50, 6 by default.</summary>
    public int Relays { get; init; } = 6;

    /// <summary>How many of the relays are exits: 1 to <see cref="Relays"/>, 2 by default.</summary>
    public int Exits { get; init; } = 2;

    /// <summary>Where keys and documents are kept; null keeps them in memory, for this run only.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>How often the authorities agree anew, 10 s to 1 day; 5 minutes by default.</summary>
    public TimeSpan VotingInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Whether exits may leave this machine. False by default: an embedded network hides nobody, so its exits reach
    /// loopback addresses only, and nobody mistakes it for anonymity.
    /// </summary>
    public bool AllowRemoteDestinations { get; init; }

    /// <summary>The address that all nodes listen on; a loopback address.</summary>
    public IPAddress ListenAddress { get; init; } = IPAddress.Loopback;

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where the nodes log.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Hears of each step while the network comes up.</summary>
    public IProgress<PrivateNetworkProgress>? Progress { get; init; }

    /// <summary>Called when every node listens and the authorities are known, before they agree: those elsewhere have to be told now.</summary>
    internal Action<PrivateNetwork>? Listening { get; init; }
}
