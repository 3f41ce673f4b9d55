using System.Net;
using OnionHost.Cli.Control;
using OnionHost.Cli.Networks;
using OnionHost.Cli.Nodes;
using OnionHost.Cli.Settings;
using OnionHost.LocalNetwork;
using OnionHost.Protocol;
using OnionHost.Rendezvous;

namespace OnionHost.Cli.Commands;

/// <summary><c>onionhost network up</c>: authorities, relays, exits and a client in one process.</summary>
internal sealed class NetworkUpCommand : ToolCommand
{
    private static readonly ToolOption Authorities = new("--authorities", "N", "Directory authorities (default 3)") { Takes = "a number from 1 to 9; 0 with authorities elsewhere" };
    private static readonly ToolOption Relays = new("--relays", "N", "Relays, exits among them (default 6)") { Takes = "a number from 3 to 50" };
    private static readonly ToolOption Exits = new("--exits", "N", "How many of the relays are exits (default 2)") { Takes = "a number from 1 to --relays" };
    private static readonly ToolOption Remote = new("--remote", string.Empty, "Let exits connect to other machines; otherwise they reach this one only");

    private static readonly ToolOption Others = new("--network", "FILE", "Authorities of the same network that run elsewhere")
    {
        Takes = "a file with DirAuthority lines (torrc) or a network.json",
    };

    /// <inheritdoc/>
    public override string Name => "up";

    /// <inheritdoc/>
    public override string Summary => "Brings up a private network, with a SOCKS port, until Ctrl-C. It hides nobody: it is for development and tests";

    /// <inheritdoc/>
    public override string Example => "onionhost network up --authorities 3 --relays 6 --exits 2 --socks 9050 --data ~/net";

    /// <inheritdoc/>
    public override IReadOnlyList<ToolOption> Options =>
        [Authorities, Relays, Exits, Settings.Options.Socks, Settings.Options.Data, Settings.Options.VotingInterval, Remote, Others];

    /// <inheritdoc/>
    public override Run? Bind(ToolSettings settings, ToolContext context)
    {
        var data = DataDirectory.Of(settings, "network");
        var socks = settings.Read(Settings.Options.Socks, new IPEndPoint(IPAddress.Loopback, 0), Parsers.LocalEndPoint);
        var others = settings.Text(Others) is null ? null : NetworkChoice.Read(settings, Others);
        var usual = new PrivateNetworkOptions();
        var options = usual with
        {
            Authorities = settings.Read(Authorities, usual.Authorities, Parsers.Count),
            Relays = settings.Read(Relays, usual.Relays, Parsers.Count),
            Exits = settings.Read(Exits, usual.Exits, Parsers.Count),
            OtherAuthorities = others?.Description.Authorities ?? [],
            VotingInterval = AuthoritySettings.Read(settings).Interval ?? others?.Description.VotingInterval ?? usual.VotingInterval,
            AllowRemoteDestinations = settings.Switch(Remote),
        };
        Check(options, socks, settings);
        return (session, stop) => RunAsync(options, data, socks, session, stop);
    }

    private static void Check(PrivateNetworkOptions options, IPEndPoint socks, ToolSettings settings)
    {
        Require(options.Authorities is >= 0 and <= 9 && options.Authorities + options.OtherAuthorities.Count > 0, Authorities, options.Authorities);
        Require(options.Relays is >= 3 and <= 50, Relays, options.Relays);
        Require(options.Exits >= 1 && options.Exits <= options.Relays, Exits, options.Exits);
        if (!IPAddress.IsLoopback(socks.Address))
        {
            settings.Fault(Settings.Options.Socks, $"{socks.Address} can be reached by other machines. It takes 127.0.0.1:PORT or [::1]:PORT.");
        }

        void Require(bool isGiven, ToolOption option, int value)
        {
            if (!isGiven)
            {
                settings.Fault(option, $"{value} is out of range. It takes {option.Takes}.");
            }
        }
    }

    private static async Task<int> RunAsync(PrivateNetworkOptions options, string path, IPEndPoint socks, ToolSession session, CancellationToken stop)
    {
        using var data = DataDirectory.Take(path);
        try
        {
            await using var network = await PrivateNetwork.StartAsync(
                options with
                {
                    DataDirectory = data.Under("nodes"),
                    TimeProvider = session.Tool.Time,
                    LoggerFactory = session.Loggers,
                    Progress = new Steps(session),
                    Listening = network => TellListening(network, data, session),
                },
                stop);
            await using var client = new TorClient(network.CreateClientOptions() with { SocksEndPoint = socks });
            await using var control = ControlServer.Start(session, data, new ClientStatus("network", client));
            await client.StartAsync(stop);
            await client.WaitUntilReadyAsync(stop);
            Tell(network, client, NetworkFiles.Write(data.Path, network, client.SocksEndPoint!), session);
            await ToolSession.EndAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // It was ended before it was ready, which is as good as after.
        }

        session.Events.Tell("stopped", "Stopped.");
        return ExitCode.Ended;
    }

    private static void TellListening(PrivateNetwork network, DataDirectory data, ToolSession session)
    {
        var files = NetworkFiles.Write(data.Path, network, socks: null);
        session.Events.Tell(
            "listening",
            network.Options.OtherAuthorities.Count == 0 ? string.Empty : $"Start the authorities elsewhere with --network {files.Json}",
            ("network", files.Json),
            ("torrc", files.Torrc));
    }

    private static void Tell(PrivateNetwork network, TorClient client, (string Json, string Torrc) files, ToolSession session) => session.Events.Tell(
        "ready",
        $"""
        Ready: {network.Options.Authorities} authorities, {network.Options.Relays} relays, {network.Options.Exits} of them exits. It hides nobody: all of it is this process.
          SOCKS     {client.SocksEndPoint}
          network   {files.Json}   (for --network of other commands)
          torrc     {files.Torrc}   (for stock tor)
        Ctrl-C ends it.
        """,
        ("socks", client.SocksEndPoint!.ToString()),
        ("network", files.Json),
        ("torrc", files.Torrc),
        ("authorities", network.Options.Authorities),
        ("relays", network.Options.Relays),
        ("exits", network.Options.Exits));

    /// <summary>Tells of each step, in order.</summary>
    private sealed class Steps(ToolSession session) : IProgress<PrivateNetworkProgress>
    {
        public void Report(PrivateNetworkProgress value) =>
            session.Events.Tell("progress", $"{value.Percent,3} % {value.Step}", ("percent", value.Percent), ("step", value.Step));
    }
}
