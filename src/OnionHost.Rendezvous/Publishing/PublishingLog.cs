using Microsoft.Extensions.Logging;

namespace OnionHost.Rendezvous.Publishing;

/// <summary>Log messages of publishing (4100 to 4199).</summary>
internal static partial class PublishingLog
{
    [LoggerMessage(4100, LogLevel.Debug, "A descriptor was stored by {Stored} of {Directories} directories")]
    public static partial void Uploaded(ILogger logger, int stored, int directories);

    [LoggerMessage(4101, LogLevel.Warning, "A descriptor could not be published; tried again in {Pause}. {Reason}")]
    public static partial void Failed(ILogger logger, TimeSpan pause, string reason);
}
