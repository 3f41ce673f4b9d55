using Microsoft.Extensions.Logging;

namespace OnionHost.Network.Client;

/// <summary>Log messages of a client node (1760 to 1769).</summary>
internal static partial class ClientLog
{
    [LoggerMessage(1760, LogLevel.Warning, "The client did not end within five seconds; what is left is abandoned")]
    public static partial void SlowEnd(ILogger logger);
}
