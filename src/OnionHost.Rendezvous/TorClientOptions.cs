using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OnionHost.Network;
using OnionHost.Network.Networks;
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

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where it logs.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Where its random bytes come from.</summary>
    internal IRandomSource Random { get; init; } = SystemRandomSource.Instance;
}
