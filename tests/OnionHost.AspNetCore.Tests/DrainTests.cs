using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OnionHost.AspNetCore.Services;

namespace OnionHost.AspNetCore.Tests;

/// <summary>The end of a server, on the embedded network.</summary>
public sealed class DrainTests : IDisposable
{
    private const int Size = 2_000_000;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly string _root = Directory.CreateTempSubdirectory("onionhost-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task ADownloadThatRunsIsFinishedWhenTheServerStops()
    {
        var running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Development", ContentRootPath = _root });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection([new("Onion:WaitUntilReachable", "true")]);
        builder.Logging.ClearProviders();
        builder.WebHost.UseOnion();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = Patience);
        builder.Services.AddHttpClient("tor").UseOnion(options => options.ConnectTimeout = Patience);
        await using var app = builder.Build();
        app.MapGet("/", async (HttpContext context, IHostApplicationLifetime lifetime) =>
        {
            var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            lifetime.ApplicationStopping.Register(stopping.SetResult);
            running.SetResult();
            await stopping.Task;
            await context.Response.Body.WriteAsync(new byte[Size]);
        });
        await app.StartAsync().WaitAsync(Patience);
        var address = app.Services.GetRequiredService<IOnionServices>()["default"].Address;
        using var visitor = app.Services.GetRequiredService<IHttpClientFactory>().CreateClient("tor");
        var download = visitor.GetByteArrayAsync($"http://{address}/");
        await running.Task.WaitAsync(Patience);
        await app.StopAsync().WaitAsync(Patience);
        Assert.Equal(Size, (await download.WaitAsync(Patience)).Length);
        Assert.Empty(app.Services.GetRequiredService<IOnionServices>().Running);
    }
}
