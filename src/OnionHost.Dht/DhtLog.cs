using Microsoft.Extensions.Logging;

namespace OnionHost.Dht;

/// <summary>Log messages about descriptors and their directories (3000 to 3099).</summary>
internal static partial class DhtLog
{
    [LoggerMessage(3000, LogLevel.Debug, "A directory did not give the onion descriptor: {Reason}")]
    public static partial void FetchMissed(ILogger logger, string reason);

    [LoggerMessage(3001, LogLevel.Debug, "A directory did not take the onion descriptor: {Reason}")]
    public static partial void UploadMissed(ILogger logger, string reason);

    [LoggerMessage(3002, LogLevel.Debug, "{Stored} of {Asked} directories stored the onion descriptor")]
    public static partial void Uploaded(ILogger logger, int stored, int asked);
}
