using HiddenBlog.Pages;
using HiddenBlog.Posts;
using HiddenBlog.Protection;
using Microsoft.AspNetCore.Mvc;

namespace HiddenBlog.Endpoints;

/// <summary>What everybody may read, and the comments that everybody may write.</summary>
internal static class ReadingEndpoints
{
    private const int MaxFormBytes = 64 * 1024;

    public static void MapReading(this IEndpointRouteBuilder app)
    {
        app.MapGet("/", (HttpContext context, BlogStore store) =>
            BlogPage.Of<Home>(context, new { Posts = store.Posts(Visitor.Of(context.User).IsMember) }));
        app.MapGet("/about", (HttpContext context) =>
            BlogPage.Of<About>(context, new { Address = context.GetOnion()?.Service.ToString() ?? context.Request.Host.Host }));
        app.MapGet("/members", (HttpContext context, BlogStore store) =>
            BlogPage.Of<Members>(context, new { Posts = store.Posts(members: true).Where(post => post.MembersOnly).ToList() }))
            .RequireAuthorization();
        app.MapGet("/posts/{slug}", (HttpContext context, BlogStore store, string slug) => Readable(context, store, slug) is { } post
            ? BlogPage.Of<PostPage>(context, new { Post = post, Comments = store.Comments(post.Id) })
            : Results.NotFound());
        app.MapPost("/posts/{slug}/comments", CommentAsync)
            .RequireRateLimiting(CommentLimits.Policy)
            .WithMetadata(new RequestSizeLimitAttribute(MaxFormBytes));
    }

    private static IResult CommentAsync(
        HttpContext context, BlogStore store, string slug, [FromForm] string? name, [FromForm] string? body)
    {
        if (Readable(context, store, slug) is not { } post)
        {
            return Results.NotFound();
        }

        var visitor = Visitor.Of(context.User);
        var form = new CommentForm(visitor.IsOwner ? OwnerCookie.Name : name ?? "", body ?? "");
        if (form.Fault is { } fault)
        {
            return BlogPage.Of<PostPage>(
                context, new { Post = post, Comments = store.Comments(post.Id), Fault = fault, Draft = form }, StatusCodes.Status422UnprocessableEntity);
        }

        store.AddComment(post.Id, form.ShownName, form.ShownBody, visitor.IsOwner);
        return SeeOther.To($"/posts/{post.Slug}#comments");
    }

    // A post for members is not there for others, rather than forbidden: its title may say too much already.
    private static Post? Readable(HttpContext context, BlogStore store, string slug) =>
        store.Find(slug) is { } post && (!post.MembersOnly || Visitor.Of(context.User).IsMember) ? post : null;
}
