using System.Collections.Immutable;
using System.Net;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Directory;

/// <summary>What a relay wants to say in its descriptor, keys apart (dir-spec 2.1).</summary>
public sealed record ServerDescriptorContent
{
    /// <summary>Its nickname.</summary>
    public required Nickname Nickname { get; init; }

    /// <summary>Its IPv4 address.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>Where it accepts links.</summary>
    public required ushort OrPort { get; init; }

    /// <summary>Where it serves directory requests over plain HTTP; 0 if nowhere.</summary>
    public ushort DirPort { get; init; }

    /// <summary>An IPv6 address for links.</summary>
    public IPEndPoint? ExtraAddress { get; init; }

    /// <summary>Its software. Authorities refuse <c>Tor</c> with an old version, and take anything else.</summary>
    public required string Platform { get; init; }

    /// <summary>The subprotocols that it speaks.</summary>
    public required ProtocolVersions Protocols { get; init; }

    /// <summary>Now.</summary>
    public required DateTimeOffset Published { get; init; }

    /// <summary>How long it has been running.</summary>
    public TimeSpan Uptime { get; init; }

    /// <summary>What it is willing to carry over time, bytes per second.</summary>
    public uint BandwidthRate { get; init; } = 1_073_741_824;

    /// <summary>What it is willing to carry in bursts, bytes per second.</summary>
    public uint BandwidthBurst { get; init; } = 1_073_741_824;

    /// <summary>What it saw itself carry, bytes per second.</summary>
    public uint BandwidthObserved { get; init; }

    /// <summary>The relays it belongs to: <c>$FINGERPRINT</c>.</summary>
    public ImmutableArray<string> Family { get; init; } = [];

    /// <summary>Certificates by families' keys, as bytes.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> FamilyCertificates { get; init; } = [];

    /// <summary>True if it stores onion service descriptors.</summary>
    public bool IsHiddenServiceDirectory { get; init; }

    /// <summary>True if it answers BEGIN_DIR.</summary>
    public bool IsDirectoryCache { get; init; } = true;

    /// <summary>True if it is about to sleep until its accounting period ends.</summary>
    public bool IsHibernating { get; init; }

    /// <summary>Its extra-info document, which says the same time; null if it has none.</summary>
    public ExtraInfo? ExtraInfo { get; init; }

    /// <summary>How to reach its operator.</summary>
    public string? Contact { get; init; }

    /// <summary>Where it connects to.</summary>
    public ExitPolicy Policy { get; init; } = ExitPolicy.RejectAll;
}
