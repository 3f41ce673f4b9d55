using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OnionHost.Transport.Tests.Fakes;

/// <summary>A real Kestrel that listens on fake onion endpoints.</summary>
internal sealed class OnionTestHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private OnionTestHost(WebApplication app, FakeOnion onion, LogRecorder logs)
    {
        _app = app;
        Onion = onion;
        Logs = logs;
    }

    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);

    public FakeOnion Onion { get; }

    public LogRecorder Logs { get; }

    public IServiceProvider Services => _app.Services;

    public ICollection<string> Addresses => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;

    public static Task<OnionTestHost> StartAsync(RequestDelegate handler, Action<KestrelServerOptions>? kestrel = null) =>
        StartAsync(app => app.Run(handler), kestrel);

    public static async Task<OnionTestHost> StartAsync(
        Action<WebApplication> pipeline, Action<KestrelServerOptions>? kestrel = null, TimeSpan? shutdownTimeout = null)
    {
        var onion = new FakeOnion();
        var logs = new LogRecorder();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseSockets();
        builder.Logging.SetMinimumLevel(LogLevel.Debug).AddProvider(logs);
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = shutdownTimeout ?? TimeSpan.FromSeconds(20));
        builder.Services.AddSingleton<IConnectionListenerFactory>(s => new OnionConnectionListenerFactory(
            onion, s.GetRequiredService<ILoggerFactory>(), TimeProvider.System, s.GetService<IMemoryPoolFactory<byte>>()));
        builder.WebHost.ConfigureKestrel(kestrel ?? (o => o.Listen(new OnionEndPoint("blog"))));
        var app = builder.Build();
        pipeline(app);
        await app.StartAsync().WaitAsync(Patience);
        return new OnionTestHost(app, onion, logs);
    }

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync().AsTask().WaitAsync(Patience);
    }

    /// <summary>The loopback port of the endpoint that is no onion endpoint.</summary>
    public int ClearPort() => Addresses.Select(a => new Uri(a)).Single(u => IPAddress.TryParse(u.Host, out _)).Port;
}
