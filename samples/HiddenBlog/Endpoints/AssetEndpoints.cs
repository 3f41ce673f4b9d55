using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace HiddenBlog.Endpoints;

/// <summary>The style sheet and the mark, which lie in the assembly: there is no directory that could be listed.</summary>
internal static class AssetEndpoints
{
    public static void MapAssets(this IEndpointRouteBuilder app)
    {
        app.MapAsset("blog.css", "text/css; charset=utf-8");
        app.MapAsset("mark.svg", "image/svg+xml");
        app.MapGet("/favicon.ico", () => Results.LocalRedirect("/mark.svg"));
        app.MapGet("/robots.txt", () => Results.Text("User-agent: *\nDisallow: /desk\nDisallow: /members\n"));
    }

    private static void MapAsset(this IEndpointRouteBuilder app, string name, string type)
    {
        using var source = typeof(AssetEndpoints).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The asset {name} is not in the assembly.");
        var content = new byte[source.Length];
        source.ReadExactly(content);
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..16]}\"");
        app.MapGet("/" + name, (HttpContext context) =>
        {
            context.Response.Headers.CacheControl = "public, max-age=600";
            return Results.Bytes(content, type, entityTag: tag);
        });
    }
}
