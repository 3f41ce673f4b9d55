using HiddenBlog.Launch;
using HiddenBlog.Pages;
using HiddenBlog.Posts;
using HiddenBlog.Protection;
using Microsoft.AspNetCore.Mvc;
using OnionHost.AspNetCore.Services;
using OnionHost.Protocol;
using OnionHost.Rendezvous.Services;

namespace HiddenBlog.Endpoints;

/// <summary>The desk's front page, and the cookies that let others in.</summary>
internal static class CookieEndpoints
{
    public static void MapCookies(this IEndpointRouteBuilder desk)
    {
        desk.MapGet("/", (HttpContext context, BlogStore store, IOnionServices services) => Desk(context, store, services));
        desk.MapPost("/cookies", (HttpContext context, BlogStore store, IOnionServices services, TimeProvider time, [FromForm] string? name, [FromForm] int? days) =>
        {
            try
            {
                var service = services[BlogHost.Service];
                using var cookie = service.Cookies.Issue(name ?? "", days > 0 ? time.GetUtcNow().AddDays(Math.Min(days.Value, 3650)) : null);
                return Desk(context, store, services, (name!, cookie.HostName(service.Address), cookie.AuthPrivateLine(service.Address)));
            }
            catch (TorException fault)
            {
                return Desk(context, store, services, fault: fault.Message);
            }
        });
        desk.MapPost("/cookies/{name}/revoke", (IOnionServices services, string name) =>
        {
            // Without its owner's cookie nobody could write here any more before the next start.
            if (name != OwnerCookie.Name)
            {
                services[BlogHost.Service].Cookies.Revoke(name);
            }

            return SeeOther.To("/desk");
        });
    }

    private static IResult Desk(
        HttpContext context, BlogStore store, IOnionServices services, (string, string, string)? issued = null, string? fault = null)
    {
        services.Running.TryGetValue(BlogHost.Service, out OnionService? service);
        return BlogPage.Of<Desk>(
            context,
            new { Posts = store.Posts(members: true), Cookies = service?.Cookies.List() ?? [], Issued = issued, Fault = fault },
            fault is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity);
    }
}
