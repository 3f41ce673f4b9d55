using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using OnionHost.AspNetCore.Hosting;
using OnionHost.Transport;

namespace Microsoft.AspNetCore.Hosting;

/// <summary>Onion endpoints beside Kestrel's other ones.</summary>
public static class OnionKestrelServerOptionsExtensions
{
    /// <summary>Listens on a virtual port of an onion service.</summary>
    /// <param name="options">Kestrel's options; <c>builder.WebHost.UseOnion()</c> must have been called.</param>
    /// <param name="service">The service's name. Settings for it, <c>Onion:Services:NAME</c>, need not exist.</param>
    /// <param name="port">The virtual port, 1 to 65535.</param>
    /// <param name="configure">Protocols, TLS, connection middleware; null for plain HTTP/1.1.</param>
    /// <exception cref="InvalidOperationException"><c>UseOnion()</c> was not called.</exception>
    public static void ListenOnion(
        this KestrelServerOptions options, string service, int port = OnionEndPoint.DefaultPort, Action<ListenOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var endPoints = options.ApplicationServices?.GetService<OnionEndPointSet>()
            ?? throw new InvalidOperationException("Call builder.WebHost.UseOnion() before listening on an onion service.");
        endPoints.Ask(new OnionEndPoint(service, port), configure);
    }
}
