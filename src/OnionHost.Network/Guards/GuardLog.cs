using Microsoft.Extensions.Logging;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Guards;

/// <summary>Log messages of the guard set (1740 to 1759). Which guards they are stays at Debug.</summary>
internal static partial class GuardLog
{
    [LoggerMessage(1740, LogLevel.Warning, "The guards in {Path} could not be understood; the file was set aside and new guards are chosen")]
    public static partial void FileSetAside(ILogger logger, string path);

    [LoggerMessage(1741, LogLevel.Warning, "The guards could not be saved to {Path}, so a restart will choose new ones: {Why}")]
    public static partial void NotSaved(ILogger logger, string path, string why);

    [LoggerMessage(1742, LogLevel.Debug, "Guard {Guard} joined the sample")]
    public static partial void Sampled(ILogger logger, RelayFingerprint guard);

    [LoggerMessage(1743, LogLevel.Debug, "Guard {Guard} left the sample")]
    public static partial void Removed(ILogger logger, RelayFingerprint guard);

    [LoggerMessage(1744, LogLevel.Debug, "Guard {Guard} is confirmed")]
    public static partial void Confirmed(ILogger logger, RelayFingerprint guard);

    [LoggerMessage(1745, LogLevel.Debug, "Guard {Guard} cannot be reached")]
    public static partial void Unreachable(ILogger logger, RelayFingerprint guard);
}
