using System.Text.Json.Nodes;
using OnionHost.Cli.Control;
using OnionHost.Rendezvous;
using OnionHost.Rendezvous.Services;

namespace OnionHost.Cli.Services;

/// <summary>What a service's process tells and takes: also cookies.</summary>
internal sealed class ServiceProcess(TorClient client) : ClientStatus("service", client)
{
    private OnionService? _service;

    /// <summary>The service runs.</summary>
    public void Follow(OnionService service) => Volatile.Write(ref _service, service);

    /// <inheritdoc/>
    public override JsonObject? Handle(string verb, JsonObject request) =>
        Volatile.Read(ref _service) is { } service ? new CookieDesk(service.Address, service.Cookies).Handle(verb, request) : base.Handle(verb, request);
}
