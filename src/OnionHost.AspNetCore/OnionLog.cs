using Microsoft.Extensions.Logging;

namespace OnionHost.AspNetCore;

/// <summary>Log messages of the hosting (6000 to 6099).</summary>
internal static partial class OnionLog
{
    [LoggerMessage(6000, LogLevel.Information,
        "An onion network of its own runs in this process ({Authorities} authorities, {Seconds:0.0} s). It hides nobody: use it for development only",
        EventName = "LocalNetworkUp")]
    public static partial void LocalNetworkUp(ILogger logger, int authorities, double seconds);

    [LoggerMessage(6001, LogLevel.Information,
        "Onion service '{Service}' is reachable ({IntroductionPoints} introduction points, {Stored}/{Sent} descriptor uploads, {Seconds:0.0} s)",
        EventName = "Reachable")]
    public static partial void Reachable(ILogger logger, string service, int introductionPoints, int stored, int sent, double seconds);

    [LoggerMessage(6002, LogLevel.Warning, "Onion service '{Service}' is hard to reach: {Reason}", EventName = "Degraded")]
    public static partial void Degraded(ILogger logger, string service, string reason);

    [LoggerMessage(6003, LogLevel.Warning, "Stopping onion service '{Service}' failed", EventName = "StopFault")]
    public static partial void StopFault(ILogger logger, Exception fault, string service);

    [LoggerMessage(6004, LogLevel.Critical,
        "The server does not listen on {EndPoints}: something overrode the onion endpoints, and what it serves instead is in the clear",
        EventName = "EndPointsMissing")]
    public static partial void EndPointsMissing(ILogger logger, string endPoints);

    [LoggerMessage(6005, LogLevel.Warning,
        "A visitor of an onion service was redirected to https on the same address, where nothing listens. Branch it: "
        + "app.UseWhen(context => !context.IsOnion(), clear => clear.UseHttpsRedirection())",
        EventName = "HttpsRedirection")]
    public static partial void HttpsRedirection(ILogger logger);

    [LoggerMessage(6006, LogLevel.Warning,
        "{Key} asks for '{Url}', which is not a loopback address; it is left out beside an onion address. Use kestrel.Listen(...) if it is meant to be public",
        EventName = "ClearUrlLeftOut")]
    public static partial void ClearUrlLeftOut(ILogger logger, string key, string url);
}
