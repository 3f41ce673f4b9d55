using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OnionHost.AspNetCore.Clients;
using OnionHost.AspNetCore.Configuration;
using OnionHost.AspNetCore.Hosting;
using OnionHost.Protocol;
using OnionHost.Rendezvous.Services;
using OnionHost.Transport;
using OnionHost.Transport.Binding;

namespace OnionHost.AspNetCore.Services;

/// <summary>Starts services when the server binds their endpoints, and hands each port's connections to the transport.</summary>
internal sealed class OnionServices(
    IOptions<OnionOptions> options, ITorClientSource clients, IHostEnvironment environment, OnionEndPointSet endPoints,
    IOptions<HostOptions> host, ILogger<OnionServices> logger) : IOnionServices, IOnionBinder
{
    private static readonly TimeSpan LongestDrain = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, Task<OnionService>> _starting = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _openPorts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _heldPorts = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private ImmutableDictionary<string, OnionService> _running = ImmutableDictionary<string, OnionService>.Empty;

    public IReadOnlyDictionary<string, OnionService> Running => _running;

    public OnionService this[string name] => _running.TryGetValue(name, out var service)
        ? service
        : throw new KeyNotFoundException($"No onion service '{name}' runs. Services start when the server binds their endpoints; these run: {string.Join(", ", _running.Keys)}.");

    public async Task<OnionService> GetAsync(string name, CancellationToken cancellationToken = default)
    {
        Task<OnionService> start;
        lock (_lock)
        {
            if (!_starting.TryGetValue(name, out start!) || start.IsFaulted || start.IsCanceled)
            {
                start = _starting[name] = Task.Run(() => StartAsync(name), CancellationToken.None);
            }
        }

        return await start.WaitAsync(cancellationToken);
    }

    public async ValueTask<IOnionAcceptor> BindAsync(OnionEndPoint endPoint, CancellationToken cancellationToken)
    {
        var name = endPoint.Service;
        var service = await GetAsync(name, cancellationToken);
        OnionListener listener;
        try
        {
            listener = service.Listen(endPoint.Port);
        }
        catch (TorException fault)
        {
            throw new AddressInUseException(fault.Message, fault);
        }

        _openPorts.AddOrUpdate(name, 1, static (_, count) => count + 1);
        _heldPorts.AddOrUpdate(name, 1, static (_, count) => count + 1);
        endPoints.MarkBound(endPoint);
        return new OnionServiceAcceptor(listener, () => Unbound(name, service), () => ReleasedAsync(name, service));
    }

    private async Task<OnionService> StartAsync(string name)
    {
        var settings = options.Value.Services.TryGetValue(name, out var found) ? found : new OnionServiceSettings();
        var client = await clients.GetAsync();
        var service = await client.AddServiceAsync(new OnionServiceOptions
        {
            Name = name,
            KeyDirectory = OnionPaths.Keys(name, settings, options.Value, environment),
            IntroductionPoints = settings.IntroductionPoints,
            RequireCookie = settings.RequireCookie,
            AllowDescriptorOnlyCookies = settings.AllowDescriptorOnlyCookies,
            MaxStreamsPerCircuit = settings.MaxStreamsPerCircuit,
            DrainTimeout = host.Value.ShutdownTimeout is { Ticks: >= 0 } given && given < LongestDrain ? given : LongestDrain,
        });
        ImmutableInterlocked.TryAdd(ref _running, name, service);
        return service;
    }

    // Draining: no new visitors once nothing of the service listens any more, while requests that run are finished.
    private void Unbound(string name, OnionService service)
    {
        if (_openPorts.AddOrUpdate(name, 0, static (_, count) => count - 1) == 0)
        {
            _ = StopIntroductionsAsync(name, service);
        }
    }

    private async Task StopIntroductionsAsync(string name, OnionService service)
    {
        try
        {
            await service.StopIntroductionsAsync();
        }
        catch (Exception fault)
        {
            OnionLog.StopFault(logger, fault, name);
        }
    }

    private async ValueTask ReleasedAsync(string name, OnionService service)
    {
        if (_heldPorts.AddOrUpdate(name, 0, static (_, count) => count - 1) != 0)
        {
            return;
        }

        ImmutableInterlocked.TryRemove(ref _running, name, out _);
        try
        {
            await service.DisposeAsync();
        }
        catch (Exception fault)
        {
            OnionLog.StopFault(logger, fault, name);
        }
    }
}
