using System.Net;
using System.Net.Sockets;
using OnionHost.LocalNetwork;
using OnionHost.Network;
using OnionHost.Network.Authority;
using OnionHost.Network.Authority.Flags;
using OnionHost.Network.Relays;
using OnionHost.Protocol.Certificates;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Identities;
using OnionHost.Rendezvous.Nodes;

namespace OnionHost.FunctionalTests.BadInput;

/// <summary>An authority, a relay with every role that connects to one server only, and another relay behind it.</summary>
internal sealed class BesiegedNetwork : IAsyncDisposable
{
    private readonly TcpListener _server = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();

    private BesiegedNetwork(FaultLog log)
    {
        _server.Start();
        Context = new NodeContext(TimeProvider.System, SystemRandomSource.Instance, log);
        Authority = new AuthorityServer(Context, Options("authority") with { DirListen = new IPEndPoint(IPAddress.Loopback, 0) }, fleetingBits: 1024);
        Relay = new RelayServer(Context, Options("relay"));
        Behind = new RelayServer(Context, Options("behind"));
    }

    public NodeContext Context { get; }

    public AuthorityServer Authority { get; }

    public RelayServer Relay { get; }

    public RelayServer Behind { get; }

    public IReadOnlyList<RelayServer> Nodes => [Authority.Server, Relay, Behind];

    /// <summary>The one server that exits connect to.</summary>
    public IPEndPoint Server => (IPEndPoint)_server.LocalEndpoint;

    public static async Task<BesiegedNetwork> StartAsync(FaultLog log, CancellationToken stop)
    {
        var network = new BesiegedNetwork(log);
        _ = network.EchoAsync();
        foreach (var node in network.Nodes)
        {
            await node.ListenAsync(stop);
        }

        var self = network.Authority.Self;
        network.Authority.Join(new AuthorityOptions(self, [self])
        {
            Interval = TimeSpan.FromHours(1),
            Flags = FlagOptions.Private,
            AllowPrivateAddresses = true,
            Parameters = NetworkParameters.Parse(["cc_alg=2", "refuseunknownexits=0"]),
        });
        var voting = network.Authority.Voting;
        foreach (var node in network.Nodes)
        {
            await voting.OfferAndTestAsync(node.Relay.Describe().Descriptor, stop);
        }

        var round = voting.BeginRound(voting.Schedule.Current(network.Context.Now));
        await round.PublishVoteAsync(stop);
        await round.SignAsync(stop);
        await voting.PublishAsync(round, stop);
        foreach (var node in network.Nodes)
        {
            node.Join([self]);
            await node.Directory!.WaitAsync(stop);
        }

        return network;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _server.Dispose();
        await Authority.DisposeAsync();
        await Relay.DisposeAsync();
        await Behind.DisposeAsync();
        _stop.Dispose();
    }

    private RelayServerOptions Options(string name) => new()
    {
        LinkLeaf = LinkLeafKind.EllipticCurve,
        Relay = new RelayOptions(Nickname.Parse(name), new IPEndPoint(IPAddress.Loopback, 0))
        {
            AllowPrivateAddresses = true,
            Policy = ExitPolicy.Parse($"accept 127.0.0.1:{Server.Port},reject *:*"),
            Resolver = new LoopbackResolver(),
        },
    };

    private async Task EchoAsync()
    {
        try
        {
            while (true)
            {
                _ = EchoAsync(await _server.AcceptTcpClientAsync(_stop.Token));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task EchoAsync(TcpClient client)
    {
        using var open = client;
        try
        {
            await client.GetStream().CopyToAsync(client.GetStream(), _stop.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
        }
    }
}
