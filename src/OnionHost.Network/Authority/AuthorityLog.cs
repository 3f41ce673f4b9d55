using Microsoft.Extensions.Logging;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Authority;

/// <summary>Log messages about authorities (1600 to 1699). Authorities are public, so their names may be told.</summary>
internal static partial class AuthorityLog
{
    [LoggerMessage(1600, LogLevel.Information, "Consensus of {ValidAfter:u} published: {Relays} relays, {Signatures} of {Authorities} authorities signed")]
    public static partial void Published(ILogger logger, DateTimeOffset validAfter, int relays, int signatures, int authorities);

    [LoggerMessage(1601, LogLevel.Warning, "No consensus of {ValidAfter:u}: {Reason}")]
    public static partial void NoConsensus(ILogger logger, DateTimeOffset validAfter, string reason);

    [LoggerMessage(1602, LogLevel.Debug, "Authority {Authority} did not take or give {What}: {Reason}")]
    public static partial void PeerFault(ILogger logger, string authority, string what, string reason);

    [LoggerMessage(1603, LogLevel.Information, "A {What} was refused: {Reason}")]
    public static partial void Refused(ILogger logger, string what, string reason);

    [LoggerMessage(1604, LogLevel.Warning, "The shared random state on disk cannot be used, so that this authority starts without: {Reason}")]
    public static partial void SharedRandomLost(ILogger logger, string reason);

    [LoggerMessage(1605, LogLevel.Debug, "A relay is now running: {Running}")]
    public static partial void Reachability(ILogger logger, bool running);

    [LoggerMessage(1606, LogLevel.Warning, "A step of the voting round of {ValidAfter:u} failed")]
    public static partial void StepFault(ILogger logger, Exception fault, DateTimeOffset validAfter);

    [LoggerMessage(1620, LogLevel.Information, "Relay {Nickname} ({Fingerprint}) waits for approval; it is not listed until then")]
    public static partial void Waiting(ILogger logger, string nickname, RelayFingerprint fingerprint);

    [LoggerMessage(1621, LogLevel.Warning, "The list of approved relays cannot be used; what was decided before stands: {Reason}")]
    public static partial void ApprovalsFault(ILogger logger, string reason);

    [LoggerMessage(1607, LogLevel.Information, "The clock of authority {Authority} is {Amount} {Direction} ours")]
    public static partial void ClockDiffers(ILogger logger, string authority, TimeSpan amount, string direction);

    [LoggerMessage(1608, LogLevel.Warning, "Authority {Authority} refused our {What}: {Reason}. See that the clocks of both are right, and that both know the same authorities")]
    public static partial void WasRefused(ILogger logger, string authority, string what, string reason);

    [LoggerMessage(1609, LogLevel.Warning, "A relay that works could not extend a circuit to this authority's own OR port, {Address}: relays are tested through each other instead. See that the port can be reached from outside")]
    public static partial void NotReachedFromOutside(ILogger logger, string address);

    [LoggerMessage(1615, LogLevel.Warning, "Authority {Nickname} ({Fingerprint}) signed two different votes of {ValidAfter:u}, {First} and {Second}: it is broken or cheats, or was restarted and forgot its vote. No consensus is made in this period. The proof is in {File}. Ask its operator ({Contact}); if it goes on, all operators should take its line out of their DirAuthority lines")]
    public static partial void Equivocated(
        ILogger logger, string nickname, RelayFingerprint fingerprint, DateTimeOffset validAfter, Digest160 first, Digest160 second, string file, string contact);

    [LoggerMessage(1610, LogLevel.Warning, "Two different votes of {ValidAfter:u} are signed with this authority's own key, {First} and {Second}: somebody else has the key, or this authority runs twice. No consensus is made in this period. The proof is in {File}")]
    public static partial void OwnEquivocation(ILogger logger, DateTimeOffset validAfter, Digest160 first, Digest160 second, string file);

    [LoggerMessage(1611, LogLevel.Warning, "The two votes cannot be kept as proof: {Reason}")]
    public static partial void EvidenceLost(ILogger logger, string reason);

    [LoggerMessage(1612, LogLevel.Warning, "The votes that this authority signed last cannot be read, so that it may vote otherwise in the same period: {Reason}")]
    public static partial void OwnVotesLost(ILogger logger, string reason);

    [LoggerMessage(1613, LogLevel.Warning, "This machine's clock is {Amount} {Direction} the clocks of {Agreeing} of the {Others} other authorities. Votes count only if the authorities' clocks agree to a second or two: set the clock, for example with NTP")]
    public static partial void ClockOff(ILogger logger, string amount, string direction, int agreeing, int others);

    [LoggerMessage(1614, LogLevel.Information, "This machine's clock agrees with those of the other authorities again")]
    public static partial void ClockRight(ILogger logger);
}
