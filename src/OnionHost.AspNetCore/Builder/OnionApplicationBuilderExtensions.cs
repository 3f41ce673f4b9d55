using OnionHost.AspNetCore.Pipeline;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Onion additions to the request pipeline.</summary>
public static class OnionApplicationBuilderExtensions
{
    /// <summary>
    /// Tells visitors of the clear site where its onion address is: Tor Browser shows a button for the header
    /// <c>Onion-Location</c>. It is sent with HTML pages over HTTPS only, and never to onion visitors.
    /// </summary>
    /// <param name="app">The pipeline; call it before what writes pages.</param>
    /// <param name="service">The service's name; null takes the only one, or the first by name.</param>
    public static IApplicationBuilder UseOnionLocation(this IApplicationBuilder app, string? service = null)
    {
        ArgumentNullException.ThrowIfNull(app);
        return app.UseMiddleware<OnionLocationMiddleware>(new OnionLocationTarget(service));
    }
}
