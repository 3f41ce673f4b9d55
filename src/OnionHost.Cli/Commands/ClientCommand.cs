using System.Net;
using OnionHost.Cli.Control;
using OnionHost.Cli.Nodes;
using OnionHost.Cli.Settings;

namespace OnionHost.Cli.Commands;

/// <summary><c>onionhost client</c>: a SOCKS port into a network.</summary>
internal sealed class ClientCommand : ToolCommand
{
    private static readonly IPEndPoint UsualSocks = new(IPAddress.Loopback, 9050);

    /// <inheritdoc/>
    public override string Name => "client";

    /// <inheritdoc/>
    public override string Summary => "Runs a client with a SOCKS port";

    /// <inheritdoc/>
    public override string Example => "onionhost client --network network.json --socks 127.0.0.1:9050 --data ~/client";

    /// <inheritdoc/>
    public override IReadOnlyList<ToolOption> Options =>
        [Settings.Options.Network, Settings.Options.Data, Settings.Options.Socks, .. ClientTuning.Options, Settings.Options.Wait];

    /// <inheritdoc/>
    public override Run? Bind(ToolSettings settings, ToolContext context)
    {
        var data = DataDirectory.Of(settings, Name);
        var socks = settings.Read(Settings.Options.Socks, UsualSocks, Parsers.LocalEndPoint);
        return ClientSettings.Read(settings, data, socks) is { } client ? (session, stop) => RunAsync(client, session, stop) : null;
    }

    private static async Task<int> RunAsync(ClientSettings settings, ToolSession session, CancellationToken stop)
    {
        using var data = DataDirectory.Take(settings.Data!);
        await using var client = settings.Create(session);
        await using var control = ControlServer.Start(session, data, new ClientStatus("client", client));
        try
        {
            await settings.StartAsync(client, session, stop);
            session.Events.Tell(
                "ready",
                $"Ready. SOCKS at {client.SocksEndPoint}; try: curl --socks5-hostname {client.SocksEndPoint} http://ADDRESS.onion/",
                ("socks", client.SocksEndPoint!.ToString()),
                ("network", settings.Network.Name));
            await ToolSession.EndAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // It was ended before it was ready, which is as good as after.
        }

        session.Events.Tell("stopped", "Stopped.");
        return ExitCode.Ended;
    }
}
