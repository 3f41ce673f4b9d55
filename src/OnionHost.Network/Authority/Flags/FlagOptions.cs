using System.Collections.Frozen;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Authority.Flags;

/// <summary>How an authority gives flags. The defaults are the public network's; a new private network assumes what time has not shown.</summary>
internal sealed record FlagOptions
{
    /// <summary>Flags that every running relay gets if its descriptor allows: of Exit, Fast, Guard, HSDir and Stable.</summary>
    public RelayFlags Assumed { get; init; }

    /// <summary>The least bandwidth of a fast relay, bytes a second.</summary>
    public uint FastAtLeast { get; init; } = 4_000;

    /// <summary>Enough bandwidth for a fast relay, bytes a second.</summary>
    public uint FastEnough { get; init; } = 100_000;

    /// <summary>Enough bandwidth for a guard, bytes a second.</summary>
    public uint GuardEnough { get; init; } = 2_000_000;

    /// <summary>How long a relay runs before it stores onion descriptors.</summary>
    public TimeSpan HsDirUptime { get; init; } = TimeSpan.FromHours(96);

    /// <summary>More relays than this at one address do not run; 0 allows any number.</summary>
    public int MaximumPerAddress { get; init; } = 2;

    /// <summary>The least bandwidth that votes give a running relay, kilobytes a second; 0 believes what it claims.</summary>
    public uint MinimumBandwidth { get; init; }

    /// <summary>Exits that must not be used as such.</summary>
    public IReadOnlySet<RelayFingerprint> BadExits { get; init; } = FrozenSet<RelayFingerprint>.Empty;

    /// <summary>Relays that are fit for the middle only.</summary>
    public IReadOnlySet<RelayFingerprint> MiddleOnly { get; init; } = FrozenSet<RelayFingerprint>.Empty;

    /// <summary>For private networks: everything that usually takes time, and any number of relays at one address.</summary>
    public static FlagOptions Private { get; } = new()
    {
        Assumed = RelayFlags.Exit | RelayFlags.Fast | RelayFlags.Guard | RelayFlags.HSDir | RelayFlags.Stable,
        HsDirUptime = TimeSpan.Zero,
        MaximumPerAddress = 0,
        MinimumBandwidth = 1000,
    };
}
