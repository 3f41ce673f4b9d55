using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OnionHost.AspNetCore.Configuration;
using OnionHost.Transport;

namespace OnionHost.AspNetCore.Hosting;

/// <summary>Tells Kestrel which onion endpoints to listen on, after all other code had its say.</summary>
internal sealed class OnionKestrelSetup(
    IOptions<OnionOptions> options, OnionEndPointSet endPoints, IConfiguration configuration, IHostEnvironment environment,
    ILogger<OnionKestrelSetup> logger) : IPostConfigureOptions<KestrelServerOptions>
{
    public void PostConfigure(string? name, KestrelServerOptions kestrel)
    {
        if (!options.Value.Enabled)
        {
            return;
        }

        foreach (var (endPoint, configure) in EndPoints())
        {
            if (endPoints.Expect(endPoint))
            {
                kestrel.Listen(endPoint, configure ?? (static _ => { }));
            }
        }

        // It tells visitors what the service runs on, and nobody needs it.
        kestrel.AddServerHeader = false;
        if (environment.IsDevelopment() && options.Value.LoopbackUrlsInDevelopment)
        {
            ListenOnLoopbackUrls(kestrel);
        }
    }

    // What code names comes first: it may carry listen options that the plain port of the configuration lacks.
    private IEnumerable<(OnionEndPoint EndPoint, Action<ListenOptions>? Configure)> EndPoints()
    {
        var asked = endPoints.Asked;
        var services = options.Value.Services;
        var configured =
            from service in services
            from port in PortsOf(service.Key, service.Value, asked)
            select (new OnionEndPoint(service.Key, port), (Action<ListenOptions>?)null);
        return services.Count == 0 && asked.Count == 0
            ? [(new OnionEndPoint(OnionOptions.DefaultService), null)]
            : asked.Concat(configured);
    }

    private static IEnumerable<int> PortsOf(
        string name, OnionServiceSettings service, IEnumerable<(OnionEndPoint EndPoint, Action<ListenOptions>?)> asked) =>
        service.Ports.Count > 0 || asked.Any(one => one.EndPoint.Service == name) ? service.Ports : [OnionEndPoint.DefaultPort];

    // Endpoints in code make Kestrel ignore the URLs, which is right where it counts, and a nuisance at a developer's desk.
    private void ListenOnLoopbackUrls(KestrelServerOptions kestrel)
    {
        if (configuration.GetSection("Kestrel:Endpoints").GetChildren().Any())
        {
            return;
        }

        var urls = (configuration[WebHostDefaults.ServerUrlsKey] ?? "")
            .Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.OrdinalIgnoreCase);
        foreach (var url in urls)
        {
            if (!TryListen(kestrel, BindingAddress.Parse(url)))
            {
                OnionLog.ClearUrlLeftOut(logger, WebHostDefaults.ServerUrlsKey, url);
            }
        }
    }

    private static bool TryListen(KestrelServerOptions kestrel, BindingAddress url)
    {
        Action<ListenOptions> configure = url.Scheme == "https" ? listen => listen.UseHttps() : _ => { };
        if (IPAddress.TryParse(url.Host, out var address) && IPAddress.IsLoopback(address))
        {
            kestrel.Listen(address, url.Port, configure);
            return true;
        }

        if (!url.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        if (url.Port == 0)
        {
            kestrel.Listen(IPAddress.Loopback, 0, configure);
        }
        else
        {
            kestrel.ListenLocalhost(url.Port, configure);
        }

        return true;
    }
}
