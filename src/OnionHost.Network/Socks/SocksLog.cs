using System.Net;
using Microsoft.Extensions.Logging;

namespace OnionHost.Network.Socks;

/// <summary>Log messages of the SOCKS port (1800 to 1899). Destinations never appear.</summary>
internal static partial class SocksLog
{
    [LoggerMessage(1800, LogLevel.Debug, "SOCKS port listens on {EndPoint}")]
    public static partial void Listening(ILogger logger, IPEndPoint endPoint);

    [LoggerMessage(1801, LogLevel.Debug, "SOCKS client refused: {Why}")]
    public static partial void Refused(ILogger logger, string why);

    [LoggerMessage(1802, LogLevel.Warning, "The SOCKS port has {Count} clients, its limit; more are turned away")]
    public static partial void Full(ILogger logger, int count);

    [LoggerMessage(1803, LogLevel.Debug, "{Request} answered with code {Code}: {Why}")]
    public static partial void Failed(ILogger logger, SocksRequest request, SocksReplyCode code, string why);

    [LoggerMessage(1804, LogLevel.Warning, "SOCKS client ended by an unexpected fault")]
    public static partial void Fault(ILogger logger, Exception fault);

    [LoggerMessage(1805, LogLevel.Debug,
        "A program asked the SOCKS port for a bare IP address: it may have resolved a name outside of Tor. Set it to resolve names through the proxy")]
    public static partial void BareAddress(ILogger logger);
}
