using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OnionHost.AspNetCore.Configuration;
using OnionHost.AspNetCore.Metrics;
using OnionHost.AspNetCore.Services;

namespace OnionHost.AspNetCore.Hosting;

/// <summary>After the start, looks whether the server really listens on the onion endpoints: an override would serve in the clear.</summary>
internal sealed class OnionStartCheck(
    OnionEndPointSet endPoints, IOnionServices services, OnionMetrics metrics, IOptions<OnionOptions> options,
    ILogger<OnionStartCheck> logger) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Enabled)
        {
            metrics.Start();
        }

        return Task.CompletedTask;
    }

    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        var missing = endPoints.Missing;
        if (missing.Count > 0)
        {
            var names = string.Join(", ", missing);
            OnionLog.EndPointsMissing(logger, names);
            throw new InvalidOperationException(
                $"The server does not listen on the onion endpoints {names}: something overrode them, and what it serves instead is in the clear. "
                + "Look for PreferHostingUrls(true), or for a server that is not Kestrel.");
        }

        if (options.Value is { Enabled: true, WaitUntilReachable: true })
        {
            await Task.WhenAll(services.Running.Values.Select(service => service.WaitUntilReachableAsync(cancellationToken)));
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
