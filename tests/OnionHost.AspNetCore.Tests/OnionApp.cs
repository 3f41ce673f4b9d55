using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OnionHost.AspNetCore.Hosting;
using OnionHost.Transport;
using OnionHost.Transport.Binding;
using OnionHost.Transport.Tests.Fakes;

namespace OnionHost.AspNetCore.Tests;

/// <summary>A web application as users write it, whose onion services are fakes.</summary>
internal sealed class OnionApp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private OnionApp(WebApplication app, FakeOnion onion, LogRecorder logs)
    {
        _app = app;
        Onion = onion;
        Logs = logs;
    }

    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);

    public FakeOnion Onion { get; }

    public LogRecorder Logs { get; }

    public ICollection<string> Urls => _app.Urls;

    public IServiceProvider Services => _app.Services;

    /// <summary>Builds an application without starting it.</summary>
    public static OnionApp Build(
        Action<WebApplicationBuilder>? configure = null, Action<WebApplication>? pipeline = null, string environment = "Development",
        Dictionary<string, string?>? settings = null, bool useOnion = true)
    {
        var logs = new LogRecorder();
        var onion = new FakeOnion();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(settings ?? []);
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Debug).AddProvider(logs);
        if (useOnion)
        {
            builder.WebHost.UseOnion();
        }

        builder.Services.AddSingleton<IOnionBinder>(services => new MarkingBinder(onion, services.GetRequiredService<OnionEndPointSet>()));
        configure?.Invoke(builder);
        var app = builder.Build();
        pipeline?.Invoke(app);
        app.MapFallback(context => context.Response.WriteAsync("hello"));
        return new OnionApp(app, onion, logs);
    }

    public static async Task<OnionApp> StartAsync(
        Action<WebApplicationBuilder>? configure = null, Action<WebApplication>? pipeline = null, string environment = "Development",
        Dictionary<string, string?>? settings = null, bool useOnion = true)
    {
        var app = Build(configure, pipeline, environment, settings, useOnion);
        await app.StartAsync();
        return app;
    }

    /// <summary>Settings of an application outside of Development, on the embedded network.</summary>
    public static Dictionary<string, string?> Production(params (string Key, string? Value)[] more)
    {
        var settings = new Dictionary<string, string?> { ["Onion:Network"] = "Local" };
        foreach (var (key, value) in more)
        {
            settings[key] = value;
        }

        return settings;
    }

    public Task StartAsync() => _app.StartAsync().WaitAsync(Patience);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    internal sealed class MarkingBinder(FakeOnion onion, OnionEndPointSet endPoints) : IOnionBinder
    {
        public ValueTask<IOnionAcceptor> BindAsync(OnionEndPoint endPoint, CancellationToken cancellationToken)
        {
            endPoints.MarkBound(endPoint);
            return onion.BindAsync(endPoint, cancellationToken);
        }
    }
}
