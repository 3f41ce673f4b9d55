using OnionHost.Transport;

namespace Microsoft.AspNetCore.Http;

/// <summary>What a request tells about the onion service that it came over.</summary>
public static class OnionHttpContextExtensions
{
    /// <summary>True if the request came over an onion service. No header can feign it.</summary>
    public static bool IsOnion(this HttpContext context) => context.GetOnion() is not null;

    /// <summary>The service, the port, the circuit and the cookie of the request's connection; null if it is not an onion connection.</summary>
    public static IOnionConnectionFeature? GetOnion(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Features.Get<IOnionConnectionFeature>();
    }
}
