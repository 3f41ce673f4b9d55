using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using OnionHost.Network.Circuits;
using OnionHost.Network.Links;
using OnionHost.Network.Relays;
using OnionHost.Network.Relays.Keys;
using OnionHost.Protocol.Certificates;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Tests.Relays;

/// <summary>Real relays with real links over loopback, and a client's links.</summary>
internal sealed class RelayNetwork : IAsyncDisposable
{
    public static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    private RelayNetwork(NodeContext context)
    {
        Context = context;
        Links = new LinkTable(context, new LinkOptions());
    }

    public NodeContext Context { get; }

    public LinkTable Links { get; }

    public List<Relay> Relays { get; } = [];

    public static async Task<RelayNetwork> StartAsync(int relays, Func<RelayOptions, RelayOptions>? configure = null, TimeProvider? time = null)
    {
        var network = new RelayNetwork(new NodeContext(time ?? TimeProvider.System, SystemRandomSource.Instance, NullLoggerFactory.Instance));
        for (var i = 0; i < relays; i++)
        {
            var options = new RelayOptions(Nickname.Parse($"relay{i}"), new IPEndPoint(IPAddress.Loopback, 0))
            {
                AllowPrivateAddresses = true,
                Policy = ExitPolicy.AcceptAll,
            };
            var relay = new Relay(network.Context, configure?.Invoke(options) ?? options, RelayKeys.Generate(network.Context, leafKind: LinkLeafKind.EllipticCurve));
            network.Relays.Add(relay);
            await relay.StartAsync(default);
        }

        return network;
    }

    public static HopTarget HopOf(Relay relay) => relay.ToHop();

    public Task<ClientCircuit> BuildAsync(params int[] path) => BuildAsync([.. path.Select(i => HopOf(Relays[i]))]);

    public async Task<ClientCircuit> BuildAsync(HopTarget[] hops)
    {
        using var limit = new CancellationTokenSource(Soon);
        var link = await Links.GetAsync(hops[0].ToLinkTarget(), limit.Token);
        var circuit = await ClientCircuit.CreateAsync(Context, link, hops[0], limit.Token);
        foreach (var hop in hops[1..])
        {
            await circuit.ExtendAsync(hop, limit.Token);
        }

        return circuit;
    }

    public async ValueTask DisposeAsync()
    {
        await Links.DisposeAsync();
        foreach (var relay in Relays)
        {
            await relay.DisposeAsync();
            relay.Keys.Dispose();
        }
    }
}
