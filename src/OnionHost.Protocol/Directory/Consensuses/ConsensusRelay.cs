using System.Net;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Directory.Consensuses;

/// <summary>One relay's entry in a consensus (dir-spec 3.4.1, 3.9.2).</summary>
public sealed record ConsensusRelay
{
    /// <summary>What its operator calls it; nothing identifies a relay by it.</summary>
    public required Nickname Nickname { get; init; }

    /// <summary>Its RSA identity, 20 bytes.</summary>
    public required RelayFingerprint Fingerprint { get; init; }

    /// <summary>SHA-1 of its server descriptor, 20 bytes; null in the microdescriptor flavour.</summary>
    public Digest160? DescriptorDigest { get; init; }

    /// <summary>SHA-256 of its microdescriptor, 32 bytes; null in the ns flavour.</summary>
    public Digest256? MicrodescriptorDigest { get; init; }

    /// <summary>When its descriptor was published; 2038-01-01 in the microdescriptor flavour from method 33 on.</summary>
    public DateTimeOffset Published { get; init; }

    /// <summary>Its IPv4 address.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>Its OR port at <see cref="Address"/>.</summary>
    public ushort OrPort { get; init; }

    /// <summary>Its directory port; 0 if it has none.</summary>
    public ushort DirPort { get; init; }

    /// <summary>Further OR addresses, today at most one of IPv6 (<c>a</c> lines).</summary>
    public IReadOnlyList<IPEndPoint> ExtraAddresses { get; init; } = [];

    /// <summary>What the authorities say about it.</summary>
    public RelayFlags Flags { get; init; }

    /// <summary>Its software and version, such as <c>Tor 0.4.9.11</c>; null if nobody said.</summary>
    public string? Version { get; init; }

    /// <summary>The subprotocol versions that it speaks.</summary>
    public ProtocolVersions Protocols { get; init; } = ProtocolVersions.Empty;

    /// <summary>Its weight in path selection, nominally in kilobytes a second.</summary>
    public uint Bandwidth { get; init; }

    /// <summary>True if fewer than three authorities measured it, so that <see cref="Bandwidth"/> is its own claim.</summary>
    public bool Unmeasured { get; init; }

    /// <summary>Which ports it exits to; null in the microdescriptor flavour, where the microdescriptor says it.</summary>
    public ExitPolicySummary? Policy { get; init; }
}
