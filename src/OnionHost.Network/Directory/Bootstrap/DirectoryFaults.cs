using System.Globalization;
using OnionHost.Protocol;
using OnionHost.Protocol.Directory.Consensuses;

namespace OnionHost.Network.Directory.Bootstrap;

/// <summary>What can go wrong while learning about the network, said so that the reader knows what to do.</summary>
internal static class DirectoryFaults
{
    /// <summary>This machine's clock is off.</summary>
    /// <param name="ahead">How far it is ahead; negative if it is behind.</param>
    /// <param name="inner">What made it obvious.</param>
    public static TorException ClockSkew(TimeSpan ahead, Exception? inner = null) => new(
        TorErrorKind.Local,
        $"This machine's clock seems to be {Amount(ahead.Duration())} {(ahead < TimeSpan.Zero ? "behind" : "ahead")}. Set the clock (and its time zone), for example with NTP; Tor tolerates a few hours.",
        isTransient: true,
        inner) { Cause = TorCause.ClockOff };

    /// <summary>The newest consensus ended long ago.</summary>
    public static TorException Expired(Consensus consensus) => new(
        TorErrorKind.Network,
        $"The newest consensus that could be had ended at {consensus.ValidUntil:u}. Either this machine's clock is ahead, or the directory authorities have not agreed since: check the clock, then the authorities.",
        isTransient: true);

    /// <summary>The consensus starts long after now.</summary>
    public static TorException FromTheFuture(Consensus consensus, DateTimeOffset now) => ClockSkew(now - consensus.ValidAfter);

    /// <summary>Not more than half of the trusted authorities signed validly.</summary>
    public static TorException NotEnoughSignatures(int good, int trusted, int signers) => new(
        TorErrorKind.Network,
        signers == 0
            ? $"The consensus is signed by none of the {trusted} directory authorities that this node trusts: it belongs to another network. Check the DirAuthority lines."
            : $"The consensus has valid signatures of {good} of the {trusted} directory authorities that this node trusts, and more than half are needed. Check the DirAuthority lines and that the other authorities are up; otherwise wait for the next consensus.",
        isTransient: true);

    /// <summary>The successor of a consensus is overdue.</summary>
    public static TorException NothingNewer(Consensus current, int trusted) => new(
        TorErrorKind.Network,
        $"No directory has a newer one, and it stopped being fresh at {current.FreshUntil:u}. A consensus needs the signatures of {(trusted / 2) + 1} of the {trusted} directory authorities, and so many have not signed one since: see whether they run, and what they say.",
        isTransient: true);

    /// <summary>No certificate can be verified now.</summary>
    public static TorException NoCertificates(int trusted) => new(
        TorErrorKind.Network,
        $"Not one valid certificate of the {trusted} trusted directory authorities could be had. Check the DirAuthority lines, the clock, and that the authorities can be reached.",
        isTransient: true) { Cause = TorCause.NoMajority };

    /// <summary>The network is too small.</summary>
    public static TorException TooFewRelays(int usable, int needed) => new(
        TorErrorKind.Network,
        $"The consensus lists {usable} usable relays, and at least {needed} are needed for a circuit. Start more relays, or wait until the authorities have found the ones that were just started.",
        isTransient: true);

    /// <summary>Too many microdescriptors are missing.</summary>
    public static TorException TooFewDescriptors(int known, int listed) => new(
        TorErrorKind.Network,
        $"Only {known} of the {listed} relays in the consensus are described so far, which is not enough to choose paths fairly. They are asked for again soon; check that the directory caches can be reached.",
        isTransient: true);

    /// <summary>A directory has no consensus.</summary>
    public static TorException NoConsensus(int status, string reason) => new(
        TorErrorKind.Network,
        $"A directory had no consensus for us ({status} {Printable(reason)}). If the network was just started, its authorities have yet to agree on one; otherwise another directory is asked soon.",
        isTransient: true);

    private static string Amount(TimeSpan time) =>
        time.TotalHours >= 48 ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalDays:0} days")
        : time.TotalMinutes >= 120 ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0} hours")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0} minutes");

    private static string Printable(string text) => new([.. text.Take(120).Where(c => c is >= ' ' and <= '~')]);
}
