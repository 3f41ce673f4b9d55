using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OnionHost.AspNetCore.Configuration;
using OnionHost.AspNetCore.Services;
using OnionHost.LocalNetwork;
using OnionHost.Rendezvous.Services;

namespace OnionHost.FunctionalTests;

/// <summary>The test site on an onion address (port 80, and HTTP/2 on port 8080), and on a loopback port for exits to reach.</summary>
internal sealed class HostedSite : IAsyncDisposable
{
    /// <summary>The service's name.</summary>
    public const string Name = "site";

    private readonly WebApplication _onion;
    private readonly WebApplication _clear;

    private HostedSite(WebApplication onion, WebApplication clear)
    {
        _onion = onion;
        _clear = clear;
    }

    /// <summary>The onion service.</summary>
    public OnionService Service { get; private set; } = null!;

    /// <summary>Where exits find the same site.</summary>
    public Uri Clear { get; private set; } = null!;

    /// <summary>The site's onion address as a URL.</summary>
    public Uri Onion => new($"http://{Service.Address}/");

    /// <summary>Starts both and waits until the service can be visited.</summary>
    public static async Task<HostedSite> StartAsync(PrivateNetwork network, string dataDirectory, CancellationToken stop, Action<OnionServiceSettings>? configure = null)
    {
        Directory.CreateDirectory(dataDirectory);
        var authorities = Path.Combine(dataDirectory, "authorities.txt");
        await File.WriteAllLinesAsync(authorities, network.Authorities.Select(authority => $"DirAuthority {authority}"), stop);

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseOnion(options =>
        {
            options.Network = authorities;
            options.PrivateNetwork = true;
            options.DataDirectory = Path.Combine(dataDirectory, "onion");
            options.ConfigureClient = client => client with { TimeProvider = network.Options.TimeProvider, LoggerFactory = network.Options.LoggerFactory };
            var settings = new OnionServiceSettings();
            configure?.Invoke(settings);
            options.Services[Name] = settings;
        });
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ListenOnion(Name, 80);
            kestrel.ListenOnion(Name, 8080, listen => listen.Protocols = HttpProtocols.Http2);
        });

        var site = new HostedSite(builder.Build(), BuildClear());
        try
        {
            TestSite.Map(site._onion);
            TestSite.Map(site._clear);
            await Task.WhenAll(site._onion.StartAsync(stop), site._clear.StartAsync(stop));
            site.Clear = new Uri(site._clear.Urls.Single());
            site.Service = await site._onion.Services.GetRequiredService<IOnionServices>().GetAsync(Name, stop);
            await site.Service.WaitUntilReachableAsync(stop);
            return site;
        }
        catch
        {
            await site.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _onion.DisposeAsync();
        await _clear.DisposeAsync();
    }

    private static WebApplication BuildClear()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        return builder.Build();
    }
}
