using OnionHost.AspNetCore.Clients;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Sends an <see cref="HttpClient"/> through Tor.</summary>
public static class OnionHttpClientBuilderExtensions
{
    /// <summary>
    /// Opens every connection of this client through the application's Tor client: names are resolved by the exit or are onion
    /// addresses, and nothing is looked up or dialled in the clear. There is no proxy, and cookies are not kept.
    /// </summary>
    /// <param name="builder">The client's builder.</param>
    /// <param name="configure">Changes the options; null leaves them.</param>
    public static IHttpClientBuilder UseOnion(this IHttpClientBuilder builder, Action<OnionHttpOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new OnionHttpOptions();
        configure?.Invoke(options);
        var isolation = options.Isolation ?? "http:" + builder.Name;
        builder.Services.AddTorClient();
        return builder.ConfigurePrimaryHttpMessageHandler(provider =>
        {
            var source = provider.GetRequiredService<ITorClientSource>();
            return new SocketsHttpHandler
            {
                UseProxy = false,
                UseCookies = false,
                ConnectTimeout = options.ConnectTimeout,
                ConnectCallback = async (context, cancellationToken) =>
                {
                    var client = await source.GetAsync(cancellationToken);
                    await client.WaitUntilReadyAsync(cancellationToken);
                    return await client.ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, isolation, cancellationToken);
                },
            };
        });
    }
}
