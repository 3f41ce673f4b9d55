using System.Net;
using OnionHost.Network.Links.Floods;
using OnionHost.Network.Links.Traffic;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Relays;

/// <summary>What a relay is told about itself: the torrc of a stock relay in small.</summary>
/// <param name="Nickname">Its name in the directory.</param>
/// <param name="Listen">Where it accepts links; port 0 takes a free one.</param>
internal sealed record RelayOptions(Nickname Nickname, IPEndPoint Listen)
{
    /// <summary>A rate that is no limit: bytes a second.</summary>
    public const long Unlimited = 1 << 30;

    /// <summary>The least of <see cref="MaxMemoryInQueues"/>, in bytes.</summary>
    public const long SmallestQueueMemory = 16 << 20;

    private const long ClaimInPrivateNetworks = 10_000_000;

    /// <summary>The address that others find it at; the listening one if null.</summary>
    public IPAddress? AdvertisedAddress { get; init; }

    /// <summary>The port that others find it at; the listening one if null.</summary>
    public int? AdvertisedPort { get; init; }

    /// <summary>Where it accepts links over IPv6 besides; port 0 takes a free one. Null for IPv4 only.</summary>
    public IPEndPoint? ListenIPv6 { get; init; }

    /// <summary>The IPv6 address and port that others find it at; null: <see cref="ListenIPv6"/>.</summary>
    public IPEndPoint? AdvertisedIPv6 { get; init; }

    /// <summary>The port of its plain HTTP directory; 0 for none.</summary>
    public int DirPort { get; init; }

    /// <summary>
    /// Where it connects to for clients; nowhere unless told otherwise. <see cref="ExitPolicy.Of"/> has one for each kind of relay.
    /// Private networks are refused unless a rule opens them by name, or <see cref="AllowPrivateAddresses"/> is set.
    /// </summary>
    public ExitPolicy Policy { get; init; } = ExitPolicy.RejectAll;

    /// <summary>True if it serves directory documents.</summary>
    public bool IsDirectoryCache { get; init; } = true;

    /// <summary>True if it stores onion services' descriptors.</summary>
    public bool IsHsDir { get; init; } = true;

    /// <summary>How to reach whoever runs it.</summary>
    public string Contact { get; init; } = string.Empty;

    /// <summary>Incoming bytes a second that it takes on average, and advertises; this default is no limit.</summary>
    public long BandwidthRate { get; init; } = Unlimited;

    /// <summary>Incoming bytes that it takes at once after a quiet time, and advertises; at least <see cref="BandwidthRate"/>.</summary>
    public long BandwidthBurst { get; init; } = Unlimited;

    /// <summary>Incoming bytes a second that one link takes on average; null for no limit of its own.</summary>
    public long? LinkBandwidthRate { get; init; }

    /// <summary>Incoming bytes that one link takes at once; null for as many as <see cref="LinkBandwidthRate"/>.</summary>
    public long? LinkBandwidthBurst { get; init; }

    /// <summary>
    /// Bytes a second that it claims until it has measured more: clients weigh it by that until somebody else measures it. Null
    /// claims nothing, except in private networks, where nobody measures.
    /// </summary>
    public long? BandwidthObserved { get; init; }

    /// <summary>Bytes that cells may take that wait on all links together; null for a part of the machine's memory.</summary>
    public long? MaxMemoryInQueues { get; init; }

    /// <summary>Resolves names for the exit role; null takes the system's resolver.</summary>
    public IExitResolver? Resolver { get; init; }

    /// <summary>True for what the exit does not connect to whatever the policy says; null refuses nothing more.</summary>
    public Func<IPEndPoint, bool>? ExitRefuses { get; init; }

    /// <summary>True in private networks: extends to, and exits to, private addresses.</summary>
    public bool AllowPrivateAddresses { get; init; }

    /// <summary>Relays of the same owner, by fingerprint or nickname; clients use one of them per circuit.</summary>
    public IReadOnlyList<string> Family { get; init; } = [];

    /// <summary>
    /// The secret keys of families that it belongs to: each certifies its identity in the descriptor, and relays need not name each other
    /// (proposal 321). They stay the caller's.
    /// </summary>
    public IReadOnlyList<IEd25519Signer> FamilyKeys { get; init; } = [];

    /// <summary>How long a connection to the next relay, and its answer, may take.</summary>
    public TimeSpan ExtendTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>What one client may ask for; what it leaves open, the consensus says (DoS parameters).</summary>
    public FloodSettings Floods { get; init; } = new();

    /// <summary>Handshakes that may wait for a worker; more are refused with RESOURCELIMIT.</summary>
    public int MaxWaitingHandshakes { get; init; } = 2048;

    /// <summary>The relay's limit; null if there is none.</summary>
    internal Bandwidth? Bandwidth => BandwidthRate < Unlimited ? new Bandwidth(BandwidthRate, BandwidthBurst) : null;

    /// <summary>Each link's limit; null if there is none.</summary>
    internal Bandwidth? BandwidthPerLink => LinkBandwidthRate is { } rate ? new Bandwidth(rate, LinkBandwidthBurst ?? rate) : null;

    /// <summary>Bytes a second that the descriptor says at least.</summary>
    internal long BandwidthClaimed => BandwidthObserved ?? (AllowPrivateAddresses ? ClaimInPrivateNetworks : 0);

    /// <summary>Everything that is wrong with the options, each with the option's name and what would be right; empty if nothing is.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string?>
        {
            new Bandwidth(BandwidthRate, BandwidthBurst).Fault(nameof(BandwidthRate), nameof(BandwidthBurst)),
            BandwidthPerLink?.Fault(nameof(LinkBandwidthRate), nameof(LinkBandwidthBurst)),
        };
        if (LinkBandwidthBurst is not null && LinkBandwidthRate is null)
        {
            faults.Add($"{nameof(LinkBandwidthBurst)} has no effect without {nameof(LinkBandwidthRate)}: set both, or neither.");
        }

        if (MaxMemoryInQueues < SmallestQueueMemory)
        {
            faults.Add($"{nameof(MaxMemoryInQueues)} is {MaxMemoryInQueues} bytes; at least {SmallestQueueMemory} are needed.");
        }

        return [.. faults.OfType<string>()];
    }
}
