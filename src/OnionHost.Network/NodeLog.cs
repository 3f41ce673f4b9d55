using Microsoft.Extensions.Logging;

namespace OnionHost.Network;

/// <summary>Log messages that belong to no single room (1000 to 1019).</summary>
internal static partial class NodeLog
{
    [LoggerMessage(1000, LogLevel.Warning, "Background work '{Name}' failed; it is tried again in {Backoff}")]
    public static partial void BackgroundFault(ILogger logger, Exception fault, string name, TimeSpan backoff);
}
