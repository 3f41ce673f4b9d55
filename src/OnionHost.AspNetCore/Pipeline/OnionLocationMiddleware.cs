using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using OnionHost.AspNetCore.Services;

namespace OnionHost.AspNetCore.Pipeline;

/// <summary>Adds <c>Onion-Location</c> to HTML pages that go out over HTTPS in the clear.</summary>
internal sealed class OnionLocationMiddleware(RequestDelegate next, IOnionServices services, OnionLocationTarget target)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.Request.IsHttps && !context.IsOnion() && Address() is { } address)
        {
            context.Response.OnStarting(() =>
            {
                if (context.Response.ContentType?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) == true)
                {
                    context.Response.Headers["Onion-Location"] =
                        UriHelper.BuildAbsolute("http", new HostString(address), context.Request.PathBase, context.Request.Path, context.Request.QueryString);
                }

                return Task.CompletedTask;
            });
        }

        return next(context);
    }

    private string? Address() => target.Service is { } name
        ? services.Running.TryGetValue(name, out var service) ? service.Address.ToString() : null
        : services.Running.OrderBy(running => running.Key, StringComparer.Ordinal).Select(running => running.Value.Address.ToString()).FirstOrDefault();
}
