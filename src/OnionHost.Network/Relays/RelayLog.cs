using Microsoft.Extensions.Logging;

namespace OnionHost.Network.Relays;

/// <summary>Log messages of relays (1400 to 1499).</summary>
internal static partial class RelayLog
{
    [LoggerMessage(1401, LogLevel.Debug, "A stream on circuit {Circuit} could not be connected ({Fault})")]
    public static partial void ExitFailed(ILogger logger, long circuit, string fault);

    [LoggerMessage(1402, LogLevel.Information, "Relay {Nickname} accepts links on port {Port}")]
    public static partial void Started(ILogger logger, string nickname, int port);

    [LoggerMessage(1403, LogLevel.Error, "The handshake of circuit {Circuit} could not be answered")]
    public static partial void HandshakeFault(ILogger logger, Exception fault, long circuit);
}
