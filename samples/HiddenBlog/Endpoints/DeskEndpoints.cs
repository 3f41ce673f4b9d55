using HiddenBlog.Pages;
using HiddenBlog.Posts;
using HiddenBlog.Protection;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Mvc;

namespace HiddenBlog.Endpoints;

/// <summary>What only the owner may do: write, change and remove posts, remove comments.</summary>
internal static class DeskEndpoints
{
    public const string OwnerPolicy = "owner";

    private const int MaxFormBytes = 512 * 1024;

    public static void MapDesk(this IEndpointRouteBuilder app)
    {
        var desk = app.MapGroup("/desk").RequireAuthorization(OwnerPolicy)
            .WithMetadata(new RequestSizeLimitAttribute(MaxFormBytes), new RequireAntiforgeryTokenAttribute());
        desk.MapCookies();
        desk.MapGet("/new", (HttpContext context) => BlogPage.Of<Editor>(context));
        desk.MapPost("/new", (HttpContext context, BlogStore store, [FromForm] string? title, [FromForm] string? body, [FromForm] bool? membersOnly) =>
        {
            var form = new PostForm(title ?? "", body ?? "", membersOnly == true);
            return form.Fault is { } fault
                ? BlogPage.Of<Editor>(context, new { Draft = form, Fault = fault }, StatusCodes.Status422UnprocessableEntity)
                : SeeOther.To($"/posts/{store.Add(form.Title.Trim(), form.Body, form.MembersOnly)}");
        });
        desk.MapGet("/posts/{slug}", (HttpContext context, BlogStore store, string slug) => store.Find(slug) is { } post
            ? BlogPage.Of<Editor>(context, new { Slug = slug, Draft = new PostForm(post.Title, post.Body, post.MembersOnly) })
            : Results.NotFound());
        desk.MapPost("/posts/{slug}", Change);
        desk.MapPost("/posts/{slug}/delete", (BlogStore store, string slug) => store.Remove(slug) ? SeeOther.To("/desk") : Results.NotFound());
        desk.MapPost("/posts/{slug}/comments/{id:long}/delete", (BlogStore store, string slug, long id) =>
        {
            store.RemoveComment(id);
            return SeeOther.To($"/posts/{Uri.EscapeDataString(slug)}#comments");
        });
    }

    private static IResult Change(
        HttpContext context, BlogStore store, string slug, [FromForm] string? title, [FromForm] string? body, [FromForm] bool? membersOnly)
    {
        var form = new PostForm(title ?? "", body ?? "", membersOnly == true);
        if (form.Fault is { } fault)
        {
            return BlogPage.Of<Editor>(context, new { Slug = slug, Draft = form, Fault = fault }, StatusCodes.Status422UnprocessableEntity);
        }

        return store.Change(slug, form.Title.Trim(), form.Body, form.MembersOnly) ? SeeOther.To($"/posts/{Uri.EscapeDataString(slug)}") : Results.NotFound();
    }
}
