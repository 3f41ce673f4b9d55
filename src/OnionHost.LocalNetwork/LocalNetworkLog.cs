using Microsoft.Extensions.Logging;

namespace OnionHost.LocalNetwork;

/// <summary>Log messages of private networks (4500 to 4509).</summary>
internal static partial class LocalNetworkLog
{
    [LoggerMessage(4500, LogLevel.Information, "A private network of {Authorities} authorities and {Relays} relays is up. It hides nobody: it is for development and tests")]
    public static partial void Up(ILogger logger, int authorities, int relays);
}
