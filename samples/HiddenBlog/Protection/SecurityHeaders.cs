using System.Globalization;

namespace HiddenBlog.Protection;

/// <summary>Headers that keep a page to itself: no scripts, nothing from elsewhere, nothing told to elsewhere.</summary>
internal static class SecurityHeaders
{
    private const string Policy =
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app, TimeProvider time) => app.Use((context, next) =>
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        headers.CacheControl = "no-cache, no-store";

        // To the second, a clock tells machines apart; to the minute, hardly.
        headers.Date = WholeMinute(time.GetUtcNow()).ToString("r", CultureInfo.InvariantCulture);
        context.Response.OnStarting(static response => RemoveTraces((HttpResponse)response), context.Response);
        return next(context);
    });

    // The component renderer names itself, to scripts that are not here.
    private static Task RemoveTraces(HttpResponse response)
    {
        response.Headers.Remove("blazor-enhanced-nav");
        return Task.CompletedTask;
    }

    private static DateTimeOffset WholeMinute(DateTimeOffset now) => new(now.Ticks - (now.Ticks % TimeSpan.TicksPerMinute), TimeSpan.Zero);
}
