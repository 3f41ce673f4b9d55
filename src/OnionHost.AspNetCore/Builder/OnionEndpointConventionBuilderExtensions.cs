using Microsoft.AspNetCore.Http;
using OnionHost.AspNetCore.Builder;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Endpoints for onion visitors only.</summary>
public static class OnionEndpointConventionBuilderExtensions
{
    /// <summary>
    /// Lets the endpoint exist for visitors of an onion service only: everybody else gets 404. It asks how somebody came, not who
    /// somebody is; for that, see the authentication scheme <c>Onion</c>.
    /// </summary>
    public static TBuilder RequireOnion<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Add(endpoint => endpoint.Metadata.Add(new RequireOnionMetadata()));

        // The matcher hides the endpoint; this closes it where the matcher is missing because UseOnion() was not called.
        builder.Finally(endpoint =>
        {
            if (endpoint.RequestDelegate is { } inner)
            {
                endpoint.RequestDelegate = context =>
                {
                    if (context.IsOnion())
                    {
                        return inner(context);
                    }

                    context.Response.StatusCode = StatusCodes.Status404NotFound;
                    return Task.CompletedTask;
                };
            }
        });
        return builder;
    }
}
