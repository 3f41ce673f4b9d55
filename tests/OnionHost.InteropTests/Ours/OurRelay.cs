using System.Net;
using OnionHost.Network;
using OnionHost.Network.Relays;
using OnionHost.Protocol.Certificates;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Identities;
using OnionHost.Rendezvous.Nodes;

namespace OnionHost.InteropTests;

/// <summary>One of our relays in a stock network, on loopback.</summary>
internal sealed class OurRelay : IAsyncDisposable
{
    private OurRelay(NodeLogs logs, RelayServer server)
    {
        Logs = logs;
        Server = server;
    }

    public NodeLogs Logs { get; }

    public RelayServer Server { get; }

    public string Nickname => Server.Relay.Options.Nickname.ToString();

    public string Fingerprint => Server.Keys.Fingerprint.ToString();

    public IPEndPoint OrPort => Server.Relay.OrEndPoint;

    /// <summary>Listens; <see cref="Join"/> comes when the authorities listen too.</summary>
    /// <param name="network">What it joins.</param>
    /// <param name="name">Its nickname and the name of its log.</param>
    /// <param name="change">Changes to what a relay in a stock network is told; null for none.</param>
    /// <param name="time">Its clock; null takes the system's.</param>
    public static async Task<OurRelay> ListenAsync(
        StockNetwork network, string name, Func<RelayServerOptions, RelayServerOptions>? change = null, TimeProvider? time = null)
    {
        var logs = new NodeLogs(network.Folder, name, TimeProvider.System);
        var context = new NodeContext(time ?? TimeProvider.System, SystemRandomSource.Instance, logs);
        var options = new RelayServerOptions
        {
            Relay = new RelayOptions(Protocol.Identities.Nickname.Parse(name), new IPEndPoint(IPAddress.Loopback, 0))
            {
                AllowPrivateAddresses = true,
                Contact = $"{name}@example.org",
                Resolver = new KitResolver(),
            },
            LinkLeaf = LinkLeafKind.Rsa,
        };
        var server = new RelayServer(context, change?.Invoke(options) ?? options);
        await server.ListenAsync(CancellationToken.None);
        return new OurRelay(logs, server);
    }

    /// <summary>Makes it an exit for everything.</summary>
    public static RelayServerOptions AsExit(RelayServerOptions options) => options with { Relay = options.Relay with { Policy = ExitPolicy.AcceptAll } };

    /// <summary>Publishes its descriptor to the stock authorities, and follows their consensus.</summary>
    public void Join(StockNetwork network) => Server.Join(network.Authorities);

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Logs.Dispose();
    }
}
