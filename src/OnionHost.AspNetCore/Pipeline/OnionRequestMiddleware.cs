using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;
using OnionHost.Transport;

namespace OnionHost.AspNetCore.Pipeline;

/// <summary>
/// What onion requests need that others do not: patience with slow circuits, request by request so that clear endpoints keep
/// their limits, and a word in the log when they are sent to an https address that does not exist.
/// </summary>
internal sealed class OnionRequestMiddleware(RequestDelegate next, ILogger<OnionRequestMiddleware> logger)
{
    // Kestrel's own limit is 240 bytes/s after 5 s, and a circuit may stall for longer than that.
    private static readonly MinDataRate Patience = new(bytesPerSecond: 16, gracePeriod: TimeSpan.FromMinutes(2));

    private int _warned;

    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetOnion() is not { } onion)
        {
            return next(context);
        }

        SetRates(context);
        return Volatile.Read(ref _warned) == 0 ? WatchAsync(context, onion) : next(context);
    }

    private static void SetRates(HttpContext context)
    {
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } request)
        {
            // HTTP/2 has its limit per connection, and a request may only lift it.
            request.MinDataRate = HttpProtocol.IsHttp2(context.Request.Protocol) ? null : Patience;
        }

        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } response)
        {
            response.MinDataRate = Patience;
        }
    }

    private async Task WatchAsync(HttpContext context, IOnionConnectionFeature onion)
    {
        await next(context);
        if (context.Response.StatusCode is >= 301 and <= 308
            && context.Response.Headers.Location is [{ } location]
            && location.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
            && !context.Request.IsHttps
            && Uri.TryCreate(location, UriKind.Absolute, out var target)
            && target.Host.EndsWith(onion.Service.ToString(), StringComparison.OrdinalIgnoreCase)
            && Interlocked.Exchange(ref _warned, 1) == 0)
        {
            OnionLog.HttpsRedirection(logger);
        }
    }
}
