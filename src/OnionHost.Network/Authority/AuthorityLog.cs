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

    [LoggerMessage(1607, LogLevel.Warning, "This machine's clock seems to be {Amount} {Direction} of that of authority {Authority}: votes count only if the authorities' clocks agree to a second or two. Set the clock, for example with NTP")]
    public static partial void ClockSkew(ILogger logger, TimeSpan amount, string direction, string authority);

    [LoggerMessage(1608, LogLevel.Warning, "Authority {Authority} refused our {What}: {Reason}. See that the clocks of both are right, and that both know the same authorities")]
    public static partial void WasRefused(ILogger logger, string authority, string what, string reason);

    [LoggerMessage(1609, LogLevel.Warning, "A relay that works could not extend a circuit to this authority's own OR port, {Address}: relays are tested through each other instead. See that the port can be reached from outside")]
    public static partial void NotReachedFromOutside(ILogger logger, string address);
}
