using OnionHost.Cli.Control;
using OnionHost.Cli.Nodes;
using OnionHost.Cli.Services;
using OnionHost.Cli.Settings;
using OnionHost.Rendezvous.Services;

namespace OnionHost.Cli.Commands;

/// <summary><c>onionhost service</c>: any TCP server becomes an onion service.</summary>
internal sealed class ServiceCommand : ToolCommand
{
    /// <inheritdoc/>
    public override string Name => "service";

    /// <inheritdoc/>
    public override string Summary => "Makes an onion service of any TCP server";

    /// <inheritdoc/>
    public override string Example => "onionhost service --network network.json --target 127.0.0.1:8000 --port 80 --data ~/site";

    /// <inheritdoc/>
    public override IReadOnlyList<ToolOption> Options =>
        [Settings.Options.Network, .. ServiceSettings.Options, Settings.Options.Data, Settings.Options.Keys, .. ClientTuning.OfServices, Settings.Options.Wait];

    /// <inheritdoc/>
    public override Run? Bind(ToolSettings settings, ToolContext context)
    {
        var directory = ServiceDirectory.Read(settings);
        var service = ServiceSettings.Read(settings, directory.Keys);
        return ClientSettings.Read(settings, directory.Data, socks: null) is { } client ? (session, stop) => RunAsync(client, service, session, stop) : null;
    }

    private static async Task<int> RunAsync(ClientSettings settings, ServiceSettings wanted, ToolSession session, CancellationToken stop)
    {
        using var data = DataDirectory.Take(settings.Data!);
        await using var client = settings.Create(session);
        var status = new ServiceProcess(client);
        await using var control = ControlServer.Start(session, data, status);
        try
        {
            // The keys come first: whatever is wrong with them is told before anybody waits for the network.
            await using var service = await client.AddServiceAsync(wanted.Service, stop);
            status.Follow(service);
            session.Events.Tell("address", $"The address is {service.Address}", ("address", service.Address.ToString()));
            var events = new ServiceEvents(session.Events, service.Address);
            service.Changed += events.Tell;
            events.Tell(service.Snapshot);
            await using var forwards = new PortForwards(session, service, wanted.Ports);
            await settings.StartAsync(client, session, stop);
            await service.WaitUntilReachableAsync(stop);
            TellReady(session, settings, wanted, service);
            await ToolSession.EndAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // It was ended before it was ready, which is as good as after.
        }

        session.Events.Tell("stopped", "Stopped.");
        return ExitCode.Ended;
    }

    private static void TellReady(ToolSession session, ClientSettings settings, ServiceSettings wanted, OnionService service) => session.Events.Tell(
        "ready",
        $"Ready. Visitors find {string.Join(", ", wanted.Ports.Select(port => $"{service.Address}:{port.Port} ({port.Target})"))}"
        + (wanted.Service.RequireCookie ? "\nThey need a cookie: onionhost cookie issue NAME --data " + settings.Data : string.Empty),
        ("address", service.Address.ToString()),
        ("ports", wanted.Ports.Select(port => port.Port).ToArray()),
        ("network", settings.Network.Name));
}
