using System.Net;
using OnionHost.Network.Circuits;
using OnionHost.Network.Links;
using OnionHost.Network.Links.Floods;
using OnionHost.Network.Tests.Links;
using OnionHost.Network.Tests.Streams;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Handshakes;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Tests.Relays;

/// <summary>A relay that somebody floods goes on serving others.</summary>
public sealed class FloodTests
{
    private const int Creates = 5_000;

    private static CancellationToken Limit => new CancellationTokenSource(RelayNetwork.Soon).Token;

    [Fact]
    public async Task A_flood_of_circuits_does_not_keep_others_from_building_and_fetching()
    {
        await using var network = await RelayNetwork.StartAsync(2);
        await using var attacker = new LinkTable(network.Context, new LinkOptions());
        await AssertServesUnderFloodAsync(network, attacker);
    }

    [Fact]
    public async Task An_address_that_floods_is_refused_and_others_are_not()
    {
        await using var network = await RelayNetwork.StartAsync(2, o => o with
        {
            Floods = new FloodSettings { CircuitMinConnections = 1, CircuitBurst = 100 },
        });
        await using var attacker = new LinkTable(network.Context, new LinkOptions { ConnectFrom = IPAddress.Parse("127.0.0.2") });
        await AssertServesUnderFloodAsync(network, attacker);
        Assert.True(network.Relays[0].Links.Floods.RefusedCircuits > 0);

        var link = await attacker.GetAsync(RelayNetwork.HopOf(network.Relays[0]).ToLinkTarget(), Limit);
        var fault = await Assert.ThrowsAsync<CircuitException>(
            () => ClientCircuit.CreateAsync(network.Context, link, RelayNetwork.HopOf(network.Relays[0]), Limit));
        Assert.Contains("ResourceLimit", fault.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Too_many_connections_from_one_address_are_closed()
    {
        await using var network = await RelayNetwork.StartAsync(1, o => o with
        {
            Floods = new FloodSettings { MaxConnections = 3, ConnectBurst = 1000 },
        });
        var target = RelayNetwork.HopOf(network.Relays[0]).ToLinkTarget();
        var crowd = Enumerable.Range(0, 4).Select(_ => new LinkTable(network.Context, new LinkOptions { ConnectFrom = IPAddress.Parse("127.0.0.2") })).ToList();
        foreach (var client in crowd[..3])
        {
            await client.GetAsync(target, Limit);
        }

        await Assert.ThrowsAsync<LinkException>(() => crowd[3].GetAsync(target, Limit));
        Assert.NotNull(await network.BuildAsync(0));
        foreach (var client in crowd)
        {
            await client.DisposeAsync();
        }
    }

    [Fact]
    public async Task Too_many_streams_of_a_circuit_are_refused()
    {
        await using var network = await RelayNetwork.StartAsync(1, o => o with
        {
            Floods = new FloodSettings { StreamRate = 1, StreamBurst = 5 },
        });
        await using var echo = LoopbackHost.Echo();
        var circuit = await network.BuildAsync(0);
        var begin = new BeginMessage("127.0.0.1", echo.Port, 0);
        var opened = 0;
        var refused = 0;
        for (var i = 0; i < 40; i++)
        {
            try
            {
                await using var stream = await circuit.LastHop.OpenAsync(begin, Limit);
                opened++;
            }
            catch (Network.Streams.StreamException e) when (e.Reason == EndReason.ResourceLimit)
            {
                refused++;
            }
        }

        Assert.True(opened >= 5 && refused > 0, $"{opened} opened, {refused} refused");
        await using var another = await (await network.BuildAsync(0)).LastHop.OpenAsync(begin, Limit);
    }

    private static async Task AssertServesUnderFloodAsync(RelayNetwork network, LinkTable attacker)
    {
        var bytes = EchoRole.Bytes(200_000);
        await using var source = LoopbackHost.Source(bytes);
        var target = RelayNetwork.HopOf(network.Relays[0]);
        var link = await attacker.GetAsync(target.ToLinkTarget(), Limit);
        using var stop = new CancellationTokenSource();
        var flood = Task.Run(() => Flood(network, link, target, stop.Token));
        for (var i = 0; i < 5; i++)
        {
            var circuit = await network.BuildAsync(0, 1);
            await using var stream = await circuit.LastHop.OpenAsync(new BeginMessage("127.0.0.1", source.Port, 0), Limit);
            var all = new MemoryStream();
            await stream.Input.CopyToAsync(all, Limit);
            Assert.Equal(bytes, all.ToArray());
            await circuit.DisposeAsync();
        }

        await stop.CancelAsync();
        await flood;
    }

    private static void Flood(RelayNetwork network, Link link, HopTarget target, CancellationToken stop)
    {
        using var handshake = NtorClientHandshake.Begin(target.Fingerprint, target.OnionKey, network.Context.Random);
        Span<byte> payload = stackalloc byte[CellFraming.PayloadSize];
        payload.Clear();
        var writer = new SpanWriter(payload);
        new Create2Cell(HandshakeType.Ntor, handshake.Onionskin).Write(ref writer);
        for (var i = 0; i < Creates && !stop.IsCancellationRequested; i++)
        {
            link.Send(link.Attach(new RecordingCircuit()), CellCommand.Create2, payload);
        }
    }
}
