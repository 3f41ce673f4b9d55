using HiddenBlog.Endpoints;
using HiddenBlog.Pages;
using HiddenBlog.Posts;
using HiddenBlog.Protection;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.DataProtection;
using OnionHost.AspNetCore.Authentication;
using OnionHost.AspNetCore.Configuration;

namespace HiddenBlog.Launch;

/// <summary>The web application: an ordinary one, but for the line that puts it on an onion address.</summary>
internal static class BlogHost
{
    /// <summary>The service's name.</summary>
    public const string Service = "blog";

    // It listens on its onion address alone, whatever URLs the environment names for web applications.
    private static readonly string[] NoUrls =
        [$"--{WebHostDefaults.ServerUrlsKey}=", $"--{WebHostDefaults.HttpPortsKey}=", $"--{WebHostDefaults.HttpsPortsKey}="];

    private static readonly TimeSpan TimeToStop = TimeSpan.FromSeconds(2);

    public static WebApplication Build(BlogOptions options, SharedProgress progress)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, Args = NoUrls });
        ConfigureLogging(builder, options);
        builder.WebHost.UseOnion(onion =>
        {
            onion.Network ??= OnionOptions.LocalNetwork;
            onion.DataDirectory = Path.Combine(options.DataDirectory, "onion");
            onion.SocksPort = options.SocksPort;
            onion.Services.TryAdd(Service, new OnionServiceSettings());
            onion.ConfigureLocalNetwork = network => network with { Progress = progress };
        });

        builder.Services.AddAuthentication(OnionDefaults.AuthenticationScheme).AddOnion();
        builder.Services.AddAuthorizationBuilder().AddPolicy(DeskEndpoints.OwnerPolicy, policy => policy.RequireUserName(OwnerCookie.Name));
        builder.Services.AddRazorComponents();
        builder.Services.AddCommentLimits();
        builder.Services.AddAntiforgery(antiforgery =>
        {
            antiforgery.Cookie.Name = "form";
            antiforgery.Cookie.SameSite = SameSiteMode.Strict;
        });
        builder.Services.AddDataProtection().SetApplicationName("HiddenBlog")
            .PersistKeysToFileSystem(new DirectoryInfo(Path.Combine(options.DataDirectory, "keys")));
        builder.Services.AddSingleton(services =>
            new BlogStore(Path.Combine(options.DataDirectory, "blog.db"), services.GetRequiredService<TimeProvider>()));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeToStop);
        return Map(builder.Build());
    }

    private static WebApplication Map(WebApplication app)
    {
        app.UseSecurityHeaders(app.Services.GetRequiredService<TimeProvider>());
        app.UseStatusCodePages(pages => BlogPage
            .Of<Notice>(pages.HttpContext, new { Status = pages.HttpContext.Response.StatusCode }, pages.HttpContext.Response.StatusCode)
            .ExecuteAsync(pages.HttpContext));
        app.UseExceptionHandler(errors => errors.Run(context =>
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return Task.CompletedTask;
        }));
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseRateLimiter();
        app.UseAntiforgery();
        app.Use(RefuseForgedForms);
        app.MapAssets();
        app.MapReading();
        app.MapFeed();
        app.MapDesk();
        return app;
    }

    // The framework refuses a forged form where an endpoint reads it; some here are buttons, which read nothing.
    private static Task RefuseForgedForms(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<IAntiforgeryValidationFeature>() is not { IsValid: false })
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return Task.CompletedTask;
    }

    // Standard output belongs to whoever started the blog. What cannot start is told once, in words: not by the host as well.
    private static void ConfigureLogging(WebApplicationBuilder builder, BlogOptions options)
    {
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
            console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Logging.SetMinimumLevel(options.Verbose ? LogLevel.Debug : LogLevel.Error);
        if (!options.Verbose)
        {
            builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
            builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.None);
        }
    }
}
