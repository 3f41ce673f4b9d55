using Microsoft.Extensions.Logging;

namespace OnionHost.Rendezvous.Introductions;

/// <summary>Log messages of introductions (4000 to 4099).</summary>
internal static partial class IntroductionLog
{
    [LoggerMessage(4000, LogLevel.Debug, "An attempt at an introduction point failed: {Reason}")]
    public static partial void AttemptFailed(ILogger logger, string reason);

    [LoggerMessage(EventId = 4001, Message = "{Missing} introduction points are missing and none could be had; tried again in {Backoff}. {Reason}")]
    public static partial void NoneEstablished(ILogger logger, LogLevel level, int missing, TimeSpan backoff, string reason);

    [LoggerMessage(4002, LogLevel.Debug, "An introduction was dropped: {Reason}")]
    public static partial void Dropped(ILogger logger, string reason);

    [LoggerMessage(4003, LogLevel.Debug, "A visitor could not be met: {Reason}")]
    public static partial void RendezvousFailed(ILogger logger, string reason);
}
