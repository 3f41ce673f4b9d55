using Microsoft.Extensions.Logging;

namespace OnionHost.Network.Relays.Publication;

/// <summary>Log messages of a relay's publication (1480 to 1489).</summary>
internal static partial class PublicationLog
{
    [LoggerMessage(1480, LogLevel.Debug, "Descriptor uploaded to authority {Authority}")]
    public static partial void Uploaded(ILogger logger, string authority);

    [LoggerMessage(1481, LogLevel.Warning,
        "Authority {Authority} refused this relay's descriptor with status {Status}: {Reason}. It is not listed until what that says is corrected")]
    public static partial void Refused(ILogger logger, string authority, int status, string reason);

    [LoggerMessage(1482, LogLevel.Debug, "Descriptor not uploaded to authority {Authority}: {Why}")]
    public static partial void NotUploaded(ILogger logger, string authority, string why);
}
