using Microsoft.Extensions.Logging;

namespace OnionHost.Network.Directory;

/// <summary>Log messages about directories (1500 to 1599).</summary>
internal static partial class DirectoryLog
{
    [LoggerMessage(1500, LogLevel.Warning, "A directory request could not be answered")]
    public static partial void ResourceFault(ILogger logger, Exception fault);

    [LoggerMessage(1501, LogLevel.Debug, "A directory connection ended early")]
    public static partial void ConnectionFault(ILogger logger, Exception fault);
}
