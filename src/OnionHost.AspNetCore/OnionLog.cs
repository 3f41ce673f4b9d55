using Microsoft.Extensions.Logging;

namespace OnionHost.AspNetCore;

/// <summary>Log messages of the hosting (6000 to 6099).</summary>
internal static partial class OnionLog
{
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
