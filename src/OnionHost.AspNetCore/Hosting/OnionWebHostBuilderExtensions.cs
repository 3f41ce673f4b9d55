using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OnionHost.AspNetCore.Builder;
using OnionHost.AspNetCore.Configuration;
using OnionHost.AspNetCore.Hosting;
using OnionHost.AspNetCore.Metrics;
using OnionHost.AspNetCore.Pipeline;
using OnionHost.AspNetCore.Services;
using OnionHost.Transport;
using OnionHost.Transport.Binding;

namespace Microsoft.AspNetCore.Hosting;

/// <summary>Hosts an application on onion addresses.</summary>
public static class OnionWebHostBuilderExtensions
{
    /// <summary>
    /// Makes Kestrel listen on the onion services of the configuration's section <c>Onion</c>; with nothing configured, on port 80
    /// of a service whose key is kept under the content root. Calling it again does nothing more.
    /// </summary>
    public static IWebHostBuilder UseOnion(this IWebHostBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);

        // First the sockets: their registration steps back behind any other transport, and loopback endpoints would fail without it.
        return builder.UseSockets().ConfigureServices(AddOnion);
    }

    /// <summary>The same as <see cref="UseOnion(IWebHostBuilder)"/>, with options that come after those of the configuration.</summary>
    /// <param name="builder">The web host's builder.</param>
    /// <param name="configure">Changes the options. Several calls add up.</param>
    public static IWebHostBuilder UseOnion(this IWebHostBuilder builder, Action<OnionOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return builder.UseOnion().ConfigureServices(services => services.Configure(configure));
    }

    private static void AddOnion(IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(OnionEndPointSet)))
        {
            return;
        }

        services.AddTorClient();
        services.AddSingleton<OnionEndPointSet>();
        services.TryAddSingleton<OnionServices>();
        services.TryAddSingleton<IOnionServices>(provider => provider.GetRequiredService<OnionServices>());
        services.TryAddSingleton<IOnionBinder>(provider => provider.GetRequiredService<OnionServices>());
        services.TryAddSingleton<OnionMetrics>();

        // Kestrel asks every transport, the last one first; TryAdd would see that there is one and leave ours out.
        services.AddSingleton<IConnectionListenerFactory, OnionConnectionListenerFactory>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<KestrelServerOptions>, OnionKestrelSetup>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, OnionStartCheck>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, OnionStartupFilter>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<MatcherPolicy, OnionMatcherPolicy>());
    }
}
