using OnionHost.Cli.Control;
using OnionHost.Cli.Nodes;
using OnionHost.Cli.Settings;
using OnionHost.Rendezvous.Nodes;

namespace OnionHost.Cli.Commands;

/// <summary><c>onionhost relay</c>: one relay, with every role but that of an authority.</summary>
internal sealed class RelayCommand : ToolCommand
{
    private const int UsualOrPort = 9001;

    /// <inheritdoc/>
    public override string Name => "relay";

    /// <inheritdoc/>
    public override string Summary => "Runs a relay";

    /// <inheritdoc/>
    public override string Example => "onionhost relay --network network.json --nickname relay1 --or-port 9001 --exit-policy \"accept *:80,accept *:443,reject *:*\" --data ~/relay1";

    /// <inheritdoc/>
    public override IReadOnlyList<ToolOption> Options => RelaySettings.Options;

    /// <inheritdoc/>
    public override Run? Bind(ToolSettings settings, ToolContext context)
    {
        var data = DataDirectory.Of(settings, Name);
        var patience = settings.Read(Settings.Options.Wait, ClientSettings.UsualPatience, Parsers.Duration);
        return RelaySettings.Read(settings, UsualOrPort) is { } relay ? (session, stop) => RunAsync(relay, data, patience, session, stop) : null;
    }

    private static async Task<int> RunAsync(RelaySettings settings, string path, TimeSpan patience, ToolSession session, CancellationToken stop)
    {
        using var data = DataDirectory.Take(path);
        session.Events.Tell("starting", "Loading or making keys.");
        await using var server = new RelayServer(session.Node, settings.ToOptions(data.Path, isAuthority: false));
        await using var control = ControlServer.Start(session, data, new RelayStatus("relay", server));
        try
        {
            await server.ListenAsync(stop);
            var events = new RelayEvents(session.Events, server, settings);
            server.Join(settings.Network.Description.Authorities);
            events.Follow();
            await new NetworkWatch(session, settings.Network, patience).WaitAsync(server.Published, () => events.Refusal ?? server.Directory!.Progress.Problem, stop);
            events.Ready();
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
