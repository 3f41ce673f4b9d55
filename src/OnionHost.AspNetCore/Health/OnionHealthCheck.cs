using Microsoft.Extensions.Diagnostics.HealthChecks;
using OnionHost.AspNetCore.Hosting;
using OnionHost.AspNetCore.Services;
using OnionHost.Rendezvous.Services;

namespace OnionHost.AspNetCore.Health;

/// <summary>Healthy when every onion service can be visited, degraded on the way there or when something is missing.</summary>
internal sealed class OnionHealthCheck(IOnionServices services, OnionEndPointSet endPoints) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var snapshots = services.Running.ToDictionary(service => service.Key, service => service.Value.Snapshot);
        if (snapshots.Count == 0)
        {
            return Task.FromResult(endPoints.IsExpected
                ? HealthCheckResult.Degraded("The onion services are starting.")
                : HealthCheckResult.Healthy("The server has no onion endpoint."));
        }

        var data = snapshots.ToDictionary(service => service.Key, service => (object)Describe(service.Value));
        var worst = snapshots.Values.Select(now => Level(now.State)).Min();
        var text = string.Join("; ", data.Select(service => $"{service.Key}: {service.Value}"));
        return Task.FromResult(new HealthCheckResult(worst, text, data: data));
    }

    private static HealthStatus Level(OnionServiceState state) => state switch
    {
        OnionServiceState.Reachable => HealthStatus.Healthy,
        OnionServiceState.Stopped => HealthStatus.Unhealthy,
        _ => HealthStatus.Degraded,
    };

    private static string Describe(OnionServiceSnapshot now) =>
        $"{now.State}, {now.IntroductionPoints}/{now.WantedIntroductionPoints} introduction points, "
        + $"{now.DescriptorUploads}/{now.DescriptorDirectories} descriptor uploads"
        + (now.LastError is { } error ? $", last error: {error}" : "");
}
