using Microsoft.Extensions.Diagnostics.HealthChecks;
using OnionHost.AspNetCore.Health;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>A health check of the onion services.</summary>
public static class OnionHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds a check that is healthy when every onion service can be visited, degraded while one is on its way or misses something,
    /// and unhealthy when one has stopped. <c>UseOnion()</c> must have been called.
    /// </summary>
    /// <param name="builder">The health checks.</param>
    /// <param name="name">What the check is called.</param>
    /// <param name="failureStatus">What to report when the check itself fails; null for unhealthy.</param>
    /// <param name="tags">Tags to select it by; null for <c>ready</c>.</param>
    public static IHealthChecksBuilder AddOnion(
        this IHealthChecksBuilder builder, string name = "onion", HealthStatus? failureStatus = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddCheck<OnionHealthCheck>(name, failureStatus, tags ?? ["ready"]);
    }
}
