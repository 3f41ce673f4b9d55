using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OnionHost.Transport;
using OnionHost.Transport.Binding;
using OnionHost.Transport.Tests.Fakes;

namespace OnionHost.AspNetCore.Tests;

public class UseOnionTests
{
    private static string UrlOf(string service, int port = 80) =>
        $"http://{FakeOnion.AddressOf(service)}" + (port == 80 ? "" : $":{port}");

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [Fact]
    public async Task OneLineMakesAnAppListenOnAnOnionAddress()
    {
        await using var app = await OnionApp.StartAsync();
        Assert.Equal([UrlOf("default")], app.Urls);
        using var visitor = app.Onion.CreateClient("default");
        using var response = await visitor.GetAsync("/");
        Assert.Equal("hello", await response.Content.ReadAsStringAsync());
        Assert.Empty(response.Headers.Server);
        Assert.Equal("", string.Join("\n", app.Logs.AtLeast(LogLevel.Warning)));
    }

    [Fact]
    public async Task CallingItTwiceIsTheSameAsOnce()
    {
        await using var app = await OnionApp.StartAsync(builder => builder.WebHost.UseOnion().UseOnion(options => options.SocksPort = 0));
        Assert.Single(app.Onion.Binds);
        Assert.Single(app.Services.GetServices<IConnectionListenerFactory>().OfType<OnionConnectionListenerFactory>());
    }

    [Fact]
    public async Task SocketsStayWhenItComesBeforeKestrel()
    {
        var onion = new FakeOnion();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = "Development" });
        builder.WebHost.UseOnion();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IOnionBinder>(services => new OnionApp.MarkingBinder(onion, services.GetRequiredService<Hosting.OnionEndPointSet>()));
        await using var app = builder.Build();
        app.Run(context => context.Response.WriteAsync("hello"));
        await app.StartAsync();
        Assert.Contains(app.Urls, url => url.StartsWith("http://127.0.0.1:", StringComparison.Ordinal));
        Assert.Contains(UrlOf("default"), app.Urls);
    }

    [Fact]
    public async Task DisabledItIsInert()
    {
        await using var app = await OnionApp.StartAsync(
            builder => builder.WebHost.ConfigureKestrel(kestrel =>
            {
                kestrel.ListenOnion("blog");
                kestrel.Listen(IPAddress.Loopback, 0);
            }),
            settings: new() { ["Onion:Enabled"] = "false", ["Onion:Services:blog:Ports:0"] = "99999" });
        Assert.Empty(app.Onion.Binds);
        Assert.All(app.Urls, url => Assert.StartsWith("http://127.0.0.1:", url, StringComparison.Ordinal));
    }

    [Fact]
    public async Task ServicesAndPortsComeFromTheConfiguration()
    {
        await using var app = await OnionApp.StartAsync(environment: "Production", settings: OnionApp.Production(
            ("Onion:Services:blog:Ports:0", "80"), ("Onion:Services:blog:Ports:1", "8080"), ("Onion:Services:wiki:RequireCookie", "true")));
        Assert.Equal([UrlOf("blog"), UrlOf("blog", 8080), UrlOf("wiki")], app.Urls.Order());
    }

    [Fact]
    public async Task ListenOnionAddsToTheConfigurationAndWinsOverIt()
    {
        await using var app = await OnionApp.StartAsync(
            builder => builder.WebHost.ConfigureKestrel(kestrel =>
            {
                kestrel.ListenOnion("blog", 8080, listen => listen.Protocols = HttpProtocols.Http2);
                kestrel.ListenOnion("other");
            }),
            settings: new() { ["Onion:Services:blog:Ports:0"] = "80", ["Onion:Services:blog:Ports:1"] = "8080" });
        Assert.Equal([UrlOf("blog"), UrlOf("blog", 8080), UrlOf("other")], app.Urls.Order());
        using var visitor = app.Onion.CreateClient("blog", 8080);
        visitor.DefaultRequestVersion = HttpVersion.Version20;
        visitor.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        Assert.Equal("hello", await visitor.GetStringAsync("/"));
    }

    [Fact]
    public void ListenOnionWithoutUseOnionSaysWhatIsMissing()
    {
        var app = WebApplication.CreateBuilder();
        app.WebHost.ConfigureKestrel(kestrel => kestrel.ListenOnion("blog"));
        var fault = Assert.Throws<InvalidOperationException>(() => app.Build());
        Assert.Contains("UseOnion()", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InDevelopmentLoopbackUrlsStayAndOthersDoNot()
    {
        var port = FreePort();
        await using var app = await OnionApp.StartAsync(builder => builder.WebHost.UseUrls($"http://127.0.0.1:{port}", "http://*:8081", "http://0.0.0.0:8082"));
        Assert.Equal([$"http://127.0.0.1:{port}", UrlOf("default")], app.Urls.Order());
        using var clear = new HttpClient();
        Assert.Equal("hello", await clear.GetStringAsync($"http://127.0.0.1:{port}/"));
        Assert.Equal(2, app.Logs.Entries.Count(entry => entry.Text.Contains("not a loopback address", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task ElsewhereOnlyTheOnionAddressIsServed()
    {
        await using var app = await OnionApp.StartAsync(
            builder => builder.WebHost.UseUrls($"http://127.0.0.1:{FreePort()}"), environment: "Production", settings: OnionApp.Production());
        Assert.Equal([UrlOf("default")], app.Urls);
    }

    [Fact]
    public async Task AnAddressInUseFailsTheStart()
    {
        await using var app = OnionApp.Build();
        app.Onion.BindFault = new AddressInUseException("Another process holds the key directory.");
        var fault = await Assert.ThrowsAsync<IOException>(app.StartAsync);
        Assert.Contains("holds the key directory", fault.InnerException!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ATestServerStaysOffline()
    {
        await using var app = await OnionApp.StartAsync(builder => builder.WebHost.UseTestServer());
        Assert.Empty(app.Onion.Binds);
        using var client = app.Services.GetRequiredService<IHost>().GetTestClient();
        Assert.Equal("hello", await client.GetStringAsync("/"));
    }

    [Fact]
    public async Task AnEndPointThatWasOverriddenStopsTheStart()
    {
        await using var app = await OnionApp.StartAsync();
        var endPoints = app.Services.GetRequiredService<Hosting.OnionEndPointSet>();
        endPoints.Expect(new OnionEndPoint("lost", 81));
        var check = app.Services.GetServices<IHostedService>().OfType<Hosting.OnionStartCheck>().Single();
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => check.StartedAsync(CancellationToken.None));
        Assert.Contains("lost:81", fault.Message, StringComparison.Ordinal);
        Assert.Contains(app.Logs.Entries, entry => entry.Level == LogLevel.Critical);
    }
}
