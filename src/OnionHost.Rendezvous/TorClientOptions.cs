using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OnionHost.Network;
using OnionHost.Network.Networks;
using OnionHost.Network.Paths;
using OnionHost.Protocol.Cryptography;

namespace OnionHost.Rendezvous;

/// <summary>Which network a client joins, and how.</summary>
public sealed record TorClientOptions
{
    /// <summary>The directory authorities that it trusts; at least one.</summary>
    public required IReadOnlyList<DirectoryAuthority> Authorities { get; init; }

    /// <summary>Relays to ask before the authorities while no other is known; none by default. See <see cref="NetworkDescription"/>.</summary>
    public IReadOnlyList<FallbackDirectory> Fallbacks { get; init; } = [];

    /// <summary>Where it keeps directory documents and guards between runs; null keeps them in memory.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Where it listens for SOCKS 4a and 5, port 0 for a free one; null for no SOCKS.</summary>
    public IPEndPoint? SocksEndPoint { get; init; }

    /// <summary>Never two relays of one /16 (IPv4) or /32 (IPv6) on a circuit. True by default; only private networks switch it off.</summary>
    public bool EnforceDistinctSubnets { get; init; } = true;

    /// <summary>Links to relays on private and loopback addresses. False by default; only private networks switch it on.</summary>
    public bool AllowPrivateAddresses { get; init; }

    /// <summary>Relays on a circuit to an exit, the exit included: 3, or up to 8. Circuits of onion services have the lengths that Tor gives them.</summary>
    public int CircuitLength { get; init; } = PathPlanner.GeneralLength;

    /// <summary>
    /// Streams may leave their circuit at any relay behind the guard whose policy allows it, not only at its end: whoever watches the
    /// last relay misses some. False by default, since relays in the middle seldom are exits.
    /// </summary>
    public bool LeaveFromMiddle { get; init; }

    /// <summary>How long a circuit to an exit takes new streams, counted from its first. Default: 10 minutes; 10 seconds to 1 day.</summary>
    public TimeSpan NewCircuitAfter { get; init; } = new CircuitPoolOptions().MaxDirtiness;

    /// <summary>
    /// How often, on average, each circuit in use carries a cell of padding to its last relay, which between the two looks like data;
    /// null (the default) for never. 10 milliseconds to 1 hour.
    /// </summary>
    public TimeSpan? LongRangePadding { get; init; }

    /// <summary>Incoming bytes a second that all its links together take on average; null for no limit. At least 16384.</summary>
    public long? BandwidthRate { get; init; }

    /// <summary>Incoming bytes that its links take at once after a quiet time; null for as many as <see cref="BandwidthRate"/>, which has to be set too.</summary>
    public long? BandwidthBurst { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where it logs.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Where its random bytes come from.</summary>
    internal IRandomSource Random { get; init; } = SystemRandomSource.Instance;
}
