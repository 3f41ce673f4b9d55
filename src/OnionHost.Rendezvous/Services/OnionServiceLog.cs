using Microsoft.Extensions.Logging;

namespace OnionHost.Rendezvous.Services;

/// <summary>Log messages of onion services (4200 to 4299). The service's own address may be logged.</summary>
internal static partial class OnionServiceLog
{
    [LoggerMessage(4200, LogLevel.Information, "Onion service '{Name}' is reachable at {Address} ({Points} introduction points, {Stored}/{Directories} descriptor uploads, {Seconds:F1} s)")]
    public static partial void Reachable(ILogger logger, string name, string address, int points, int stored, int directories, double seconds);

    [LoggerMessage(4201, LogLevel.Warning, "Onion service '{Name}' is degraded: {Points} of {Wanted} introduction points, {Stored}/{Directories} descriptor uploads. {Reason}")]
    public static partial void Degraded(ILogger logger, string name, int points, int wanted, int stored, int directories, string? reason);

    [LoggerMessage(4202, LogLevel.Debug, "Onion service '{Name}' is now {State}")]
    public static partial void StateChanged(ILogger logger, string name, OnionServiceState state);
}
