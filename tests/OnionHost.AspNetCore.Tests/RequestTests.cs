using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OnionHost.Transport.Tests.Fakes;

namespace OnionHost.AspNetCore.Tests;

public class RequestTests
{
    private static readonly Action<WebApplicationBuilder> WithLoopback =
        builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0)).UseOnion(o => o.LoopbackUrlsInDevelopment = false);

    private static HttpClient Clear(OnionApp app) => new() { BaseAddress = new Uri(app.Urls.Single(url => url.Contains("127.0.0.1", StringComparison.Ordinal))) };

    [Fact]
    public async Task EndpointsThatRequireOnionAreNotThereForOthers()
    {
        await using var app = await OnionApp.StartAsync(WithLoopback, web =>
        {
            web.MapGet("/how", (HttpContext context) => context.IsOnion() ? "onion" : "clear");
            web.MapGet("/secret", () => "secret").RequireOnion();
            web.MapGroup("/group").RequireOnion().MapGet("/secret", () => "secret");
        });
        using var visitor = app.Onion.CreateClient("default");
        using var clear = Clear(app);
        Assert.Equal("onion", await visitor.GetStringAsync("/how"));
        Assert.Equal("clear", await clear.GetStringAsync("/how"));
        foreach (var path in new[] { "/secret", "/group/secret" })
        {
            Assert.Equal("secret", await visitor.GetStringAsync(path));
            Assert.Equal("hello", await clear.GetStringAsync(path));
        }
    }

    [Fact]
    public async Task RequireOnionFailsClosedWithoutUseOnion()
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        await using var app = builder.Build();
        app.MapGet("/secret", () => "secret").RequireOnion();
        await app.StartAsync();
        using var client = app.GetTestClient();
        using var response = await client.GetAsync("/secret");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task OnlyOnionRequestsAreTreatedWithPatience()
    {
        await using var app = await OnionApp.StartAsync(WithLoopback, web => web.MapGet("/rates", (HttpContext context) =>
            $"{context.Features.Get<IHttpMinRequestBodyDataRateFeature>()!.MinDataRate!.BytesPerSecond} "
            + $"{context.Features.Get<IHttpMinResponseDataRateFeature>()!.MinDataRate!.BytesPerSecond}"));
        using var visitor = app.Onion.CreateClient("default");
        using var clear = Clear(app);
        Assert.Equal("16 16", await visitor.GetStringAsync("/rates"));
        Assert.Equal("240 240", await clear.GetStringAsync("/rates"));
    }

    [Fact]
    public async Task ARedirectionToHttpsOnTheOnionAddressIsReportedOnce()
    {
        await using var app = await OnionApp.StartAsync(
            builder => builder.Services.AddHttpsRedirection(options => options.HttpsPort = 7001), web => web.UseHttpsRedirection());
        for (var i = 0; i < 2; i++)
        {
            var stream = app.Onion.Visit("default");
            using var visitor = new HttpClient(new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                ConnectCallback = (_, _) => new(new FakeVisitorStream(stream)),
            });
            using var response = await visitor.GetAsync($"http://{FakeOnion.AddressOf("default")}/");
            Assert.Equal(HttpStatusCode.TemporaryRedirect, response.StatusCode);
            visitor.Dispose();
            await stream.Disposed.WaitAsync(OnionApp.Patience);
        }

        Assert.Single(app.Logs.Entries, entry => entry.Level == LogLevel.Warning && entry.Text.Contains("UseHttpsRedirection", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AnHttpsSiteDoesNotTellItsOnionAddressBeforeTheServiceRuns()
    {
        await using var app = await OnionApp.StartAsync(builder => builder.WebHost.UseTestServer(), web =>
        {
            web.UseOnionLocation();
            web.MapGet("/page", () => Results.Text("<p>", "text/html"));
        });
        using var client = app.Services.GetRequiredService<IHost>().GetTestServer().CreateClient();
        client.BaseAddress = new Uri("https://example.org/");
        using var response = await client.GetAsync("/page");
        Assert.False(response.Headers.Contains("Onion-Location"));
    }
}
