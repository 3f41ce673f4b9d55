using Microsoft.Extensions.Logging;

namespace OnionHost.Transport.Connections;

/// <summary>Log messages of the transport (5000 to 5099).</summary>
internal static partial class OnionTransportLog
{
    [LoggerMessage(5000, LogLevel.Debug, "Connection {ConnectionId} accepted", EventName = "Accepted")]
    public static partial void Accepted(ILogger logger, string connectionId);

    [LoggerMessage(5001, LogLevel.Debug, "Connection {ConnectionId} aborted: {Reason}", EventName = "Aborted")]
    public static partial void Aborted(ILogger logger, string connectionId, string reason);

    [LoggerMessage(5002, LogLevel.Error, "Accepting on port {Port} of onion service '{Service}' failed; it goes on in 1 s", EventName = "AcceptFault")]
    public static partial void AcceptFault(ILogger logger, Exception fault, string service, int port);

    [LoggerMessage(5003, LogLevel.Warning, "Aborting connection {ConnectionId} failed", EventName = "AbortFault")]
    public static partial void AbortFault(ILogger logger, Exception fault, string connectionId);

    [LoggerMessage(5004, LogLevel.Debug, "Connection {ConnectionId} did not end cleanly", EventName = "DisposeFault")]
    public static partial void DisposeFault(ILogger logger, Exception fault, string connectionId);

    [LoggerMessage(5005, LogLevel.Warning, "A callback on the end of connection {ConnectionId} failed", EventName = "CloseCallbackFault")]
    public static partial void CloseCallbackFault(ILogger logger, Exception fault, string connectionId);

    [LoggerMessage(5006, LogLevel.Error, "Unbinding port {Port} of onion service '{Service}' failed", EventName = "UnbindFault")]
    public static partial void UnbindFault(ILogger logger, Exception fault, string service, int port);
}
