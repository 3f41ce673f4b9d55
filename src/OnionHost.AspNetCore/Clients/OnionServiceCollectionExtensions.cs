using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OnionHost.AspNetCore.Clients;
using OnionHost.AspNetCore.Configuration;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>A Tor client for applications that host nothing, or nothing yet.</summary>
public static class OnionServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="ITorClientSource"/>, with options from the section <c>Onion</c>. The client starts when it is first asked for.
    /// </summary>
    public static IServiceCollection AddTorClient(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (services.Any(service => service.ServiceType == typeof(ITorClientSource)))
        {
            // Bound twice, the lists of the configuration would hold everything twice.
            return services;
        }

        services.AddOptions<OnionOptions>().BindConfiguration(OnionOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<OnionOptions>, OnionOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ITorClientSource, TorClientSource>();
        return services;
    }

    /// <summary>The same as <see cref="AddTorClient(IServiceCollection)"/>, with options that come after those of the configuration.</summary>
    public static IServiceCollection AddTorClient(this IServiceCollection services, Action<OnionOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return services.AddTorClient().Configure(configure);
    }
}
