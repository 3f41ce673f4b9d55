using Microsoft.Extensions.Logging;

namespace OnionHost.Network.Paths;

/// <summary>Log messages of paths and the circuit pool (1700 to 1739).</summary>
internal static partial class PathLog
{
    [LoggerMessage(1700, LogLevel.Debug, "Circuit {Number} of {Hops} hops is built")]
    public static partial void Built(ILogger logger, long number, int hops);

    [LoggerMessage(1701, LogLevel.Debug, "Hop {Hop} of {Hops} failed: {Why}")]
    public static partial void BuildFailed(ILogger logger, int hop, int hops, string why);

    [LoggerMessage(1702, LogLevel.Debug, "Circuit {Number} is retired")]
    public static partial void Retired(ILogger logger, long number);

    [LoggerMessage(1703, LogLevel.Debug, "A circuit built ahead failed: {Why}")]
    public static partial void AheadFailed(ILogger logger, string why);

    [LoggerMessage(1704, LogLevel.Debug, "A stream is tried again on another circuit: {Why}")]
    public static partial void StreamRetried(ILogger logger, string why);

    [LoggerMessage(1705, LogLevel.Debug, "Directory request is tried again elsewhere: {Why}")]
    public static partial void DirectoryRetried(ILogger logger, string why);

    [LoggerMessage(1706, LogLevel.Debug, "Circuit build time: nearly all circuits are late, so learning begins anew, with {Seconds} s")]
    public static partial void TimeoutReset(ILogger logger, double seconds);

    [LoggerMessage(1707, LogLevel.Debug, "A circuit is late at hop {Hop} of {Hops}; it is only measured from here on")]
    public static partial void Late(ILogger logger, int hop, int hops);

    [LoggerMessage(1708, LogLevel.Debug, "Circuit {Number} goes on without hop {Hop}, which could not be reached, to another relay")]
    public static partial void Replaced(ILogger logger, long number, int hop);
}
