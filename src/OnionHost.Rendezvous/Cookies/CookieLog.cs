using Microsoft.Extensions.Logging;

namespace OnionHost.Rendezvous.Cookies;

/// <summary>Log messages of cookies (4300 to 4319). Names are the operator's own; secrets never come here.</summary>
internal static partial class CookieLog
{
    [LoggerMessage(4300, LogLevel.Warning, "The client file {File} is ignored: {Reason}")]
    public static partial void Skipped(ILogger logger, string file, string reason);

    [LoggerMessage(4301, LogLevel.Information, "Cookie '{Name}' of onion service '{Service}' ended; {Circuits} circuits were closed")]
    public static partial void Ended(ILogger logger, string name, string service, int circuits);
}
