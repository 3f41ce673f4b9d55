using System.Net;
using OnionHost.Cli.Networks;
using OnionHost.Cli.Settings;
using OnionHost.Rendezvous;

namespace OnionHost.Cli.Nodes;

/// <summary>What every command with a client in it needs.</summary>
/// <param name="Network">Which network.</param>
/// <param name="Data">Its data directory; null keeps everything in memory.</param>
/// <param name="Socks">Where it listens; null for no SOCKS.</param>
/// <param name="Patience">How long it waits for the authorities.</param>
/// <param name="Tuning">What it does otherwise than usual.</param>
internal sealed record ClientSettings(NetworkChoice Network, string? Data, IPEndPoint? Socks, TimeSpan Patience, ClientTuning Tuning)
{
    /// <summary>How long a client waits for the authorities unless told otherwise.</summary>
    public static readonly TimeSpan UsualPatience = TimeSpan.FromSeconds(60);

    private const string DocumentsFolder = "client";

    /// <summary>Reads the options; the result counts only if no fault was noted.</summary>
    public static ClientSettings? Read(ToolSettings settings, string? data, IPEndPoint? socks)
    {
        var patience = settings.Read(Options.Wait, UsualPatience, Parsers.Duration);
        if (socks is not null && !IPAddress.IsLoopback(socks.Address))
        {
            settings.Fault(Options.Socks, $"{socks.Address} can be reached by other machines, which could then use it as a proxy. It takes 127.0.0.1:PORT or [::1]:PORT.");
        }

        var tuning = ClientTuning.Read(settings);
        return NetworkChoice.Read(settings) is { } network ? new ClientSettings(network, data, socks, patience, tuning) : null;
    }

    /// <summary>A client that was not started yet.</summary>
    public TorClient Create(ToolSession session) => new(ToOptions(session));

    /// <summary>What the client is told.</summary>
    public TorClientOptions ToOptions(ToolSession session) => Tuning.ApplyTo(new TorClientOptions
    {
        Authorities = Network.Description.Authorities,
        Fallbacks = Network.Description.Fallbacks,
        DataDirectory = Data is null ? null : Path.Combine(Data, DocumentsFolder),
        SocksEndPoint = Socks,
        EnforceDistinctSubnets = !Network.Description.IsPrivate,
        AllowPrivateAddresses = Network.Description.IsPrivate,
        TimeProvider = session.Tool.Time,
        LoggerFactory = session.Loggers,
    });

    /// <summary>Starts it, tells how far it is, and waits until it knows the network.</summary>
    public async Task StartAsync(TorClient client, ToolSession session, CancellationToken stop)
    {
        client.ProgressChanged += progress => session.Events.Tell(
            "progress",
            progress.Problem is null ? $"{progress.Percent,3} % {progress.Phase}" : string.Empty,
            ("phase", progress.Phase.ToString()),
            ("percent", progress.Percent),
            ("problem", progress.Problem?.Message));
        VersionEvents.Follow(session.Events, client.Node.Directory);
        await StartQuietlyAsync(client, session, stop);
    }

    /// <summary>Starts it, and waits until it knows the network.</summary>
    public async Task StartQuietlyAsync(TorClient client, ToolSession session, CancellationToken stop)
    {
        await client.StartAsync(stop);
        await new NetworkWatch(session, Network, Patience).WaitAsync(client.WaitUntilReadyAsync(stop), () => client.Progress.Problem, stop);
    }
}
