using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Authority.Flags;

/// <summary>Gives the flags of one vote (dir-spec 3.4.2).</summary>
internal sealed class FlagAssigner
{
    private static readonly TimeSpan StaleAfter = TimeSpan.FromHours(18);

    private readonly FlagOptions _options;
    private readonly DateTimeOffset _now;
    private readonly HashSet<RelayFingerprint> _sybils;

    /// <summary>Computes the limits for the candidates.</summary>
    public FlagAssigner(IReadOnlyList<FlagCandidate> candidates, FlagOptions options, DateTimeOffset now)
    {
        _options = options;
        _now = now;
        _sybils = Sybils(candidates, options);
        Thresholds = FlagThresholds.Compute([.. candidates.Where(IsRunning)], options, now);
    }

    /// <summary>The limits.</summary>
    public FlagThresholds Thresholds { get; }

    /// <summary>The flags that these options could give at all.</summary>
    public static RelayFlags Known(FlagOptions options) =>
        RelayFlags.Authority | RelayFlags.Exit | RelayFlags.Fast | RelayFlags.Guard | RelayFlags.HSDir | RelayFlags.Running
        | RelayFlags.Stable | RelayFlags.StaleDesc | RelayFlags.Sybil | RelayFlags.V2Dir | RelayFlags.Valid
        | (options.BadExits.Count > 0 ? RelayFlags.BadExit : 0)
        | (options.MiddleOnly.Count > 0 ? RelayFlags.MiddleOnly | RelayFlags.BadExit : 0);

    /// <summary>A relay's flags.</summary>
    public RelayFlags Assign(FlagCandidate relay)
    {
        var descriptor = relay.Descriptor;
        var flags = RelayFlags.Valid;
        flags |= relay.IsAuthority ? RelayFlags.Authority : 0;
        flags |= descriptor.Published + StaleAfter < _now ? RelayFlags.StaleDesc : 0;
        if (_sybils.Contains(descriptor.Fingerprint))
        {
            return flags | RelayFlags.Sybil;
        }

        flags |= descriptor.IsDirectoryCache || descriptor.DirPort != 0 ? RelayFlags.V2Dir : 0;
        flags |= GeneralExit.Is(descriptor.Policy) || (IsAssumed(RelayFlags.Exit) && !descriptor.Policy.Summarize().IsRejectAll) ? RelayFlags.Exit : 0;
        if (IsRunning(relay))
        {
            flags |= RelayFlags.Running;
            flags |= IsFast(relay) ? RelayFlags.Fast : 0;
            flags |= IsStable(relay) ? RelayFlags.Stable : 0;
            flags |= IsHsDir(relay, flags) ? RelayFlags.HSDir : 0;
            flags |= IsGuard(relay, flags) ? RelayFlags.Guard : 0;
        }

        return Restrict(relay, flags);
    }

    private bool IsRunning(FlagCandidate relay) => relay.IsRunning && !relay.Descriptor.IsHibernating && !_sybils.Contains(relay.Descriptor.Fingerprint);

    private bool IsAssumed(RelayFlags flag) => (_options.Assumed & flag) != 0;

    private bool IsFast(FlagCandidate relay) => IsAssumed(RelayFlags.Fast) || relay.Bandwidth >= Thresholds.Fast;

    private bool IsStable(FlagCandidate relay) =>
        IsAssumed(RelayFlags.Stable) || relay.Uptime(_now) >= Thresholds.StableUptime || relay.History.MeanRun(_now) >= TimeSpan.FromDays(5);

    private bool IsHsDir(FlagCandidate relay, RelayFlags flags) =>
        relay.Descriptor.IsHiddenServiceDirectory && flags.HasFlag(RelayFlags.V2Dir)
        && (IsAssumed(RelayFlags.HSDir)
            || (flags.HasFlag(RelayFlags.Fast | RelayFlags.Stable) && relay.Uptime(_now) >= _options.HsDirUptime));

    private bool IsGuard(FlagCandidate relay, RelayFlags flags) =>
        flags.HasFlag(RelayFlags.V2Dir)
        && (IsAssumed(RelayFlags.Guard)
            || (flags.HasFlag(RelayFlags.Fast | RelayFlags.Stable)
                && relay.Bandwidth >= Thresholds.Guard
                && relay.History.TimeKnown(_now) >= Thresholds.GuardKnown
                && relay.History.FractionalUptime(_now) >= Thresholds.GuardFraction));

    private RelayFlags Restrict(FlagCandidate relay, RelayFlags flags)
    {
        var fingerprint = relay.Descriptor.Fingerprint;
        if (_options.BadExits.Contains(fingerprint))
        {
            flags |= RelayFlags.BadExit;
        }

        if (_options.MiddleOnly.Contains(fingerprint))
        {
            flags &= ~(RelayFlags.Exit | RelayFlags.Guard | RelayFlags.HSDir | RelayFlags.V2Dir);
            flags |= RelayFlags.MiddleOnly | RelayFlags.BadExit;
        }

        return flags;
    }

    private static HashSet<RelayFingerprint> Sybils(IReadOnlyList<FlagCandidate> candidates, FlagOptions options)
    {
        if (options.MaximumPerAddress == 0)
        {
            return [];
        }

        // Of the relays at one address those stay that run, and then those with the most bandwidth.
        return candidates.Where(c => !c.IsAuthority).GroupBy(c => c.Descriptor.Address)
            .SelectMany(g => g.OrderByDescending(c => c.IsRunning).ThenByDescending(c => c.Bandwidth).ThenBy(c => c.Descriptor.Fingerprint).Skip(options.MaximumPerAddress))
            .Select(c => c.Descriptor.Fingerprint).ToHashSet();
    }
}
