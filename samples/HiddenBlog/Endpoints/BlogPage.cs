using HiddenBlog.Protection;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;

namespace HiddenBlog.Endpoints;

/// <summary>Makes pages out of components, with the visitor that every page wants to know of.</summary>
internal static class BlogPage
{
    public static RazorComponentResult Of<TComponent>(HttpContext context, object? values = null, int status = StatusCodes.Status200OK)
        where TComponent : IComponent
    {
        var parameters = new RouteValueDictionary(values) { ["Visitor"] = Visitor.Of(context.User) };
        return new RazorComponentResult(typeof(TComponent), parameters) { StatusCode = status, PreventStreamingRendering = true };
    }
}
