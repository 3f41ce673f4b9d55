using Microsoft.Extensions.Logging;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Guards;

/// <summary>Log messages of the guard set (1742 to 1759). Which guards they are stays at Debug.</summary>
internal static partial class GuardLog
{
    [LoggerMessage(1742, LogLevel.Debug, "Guard {Guard} joined the sample")]
    public static partial void Sampled(ILogger logger, RelayFingerprint guard);

    [LoggerMessage(1743, LogLevel.Debug, "Guard {Guard} left the sample")]
    public static partial void Removed(ILogger logger, RelayFingerprint guard);

    [LoggerMessage(1744, LogLevel.Debug, "Guard {Guard} is confirmed")]
    public static partial void Confirmed(ILogger logger, RelayFingerprint guard);

    [LoggerMessage(1745, LogLevel.Debug, "Guard {Guard} cannot be reached")]
    public static partial void Unreachable(ILogger logger, RelayFingerprint guard);

    [LoggerMessage(1746, LogLevel.Debug, "Relay {Relay} joined the second layer of onion circuits")]
    public static partial void VanguardChosen(ILogger logger, RelayFingerprint relay);

    [LoggerMessage(1747, LogLevel.Debug, "Relay {Relay} left the second layer of onion circuits")]
    public static partial void VanguardRemoved(ILogger logger, RelayFingerprint relay);
}
