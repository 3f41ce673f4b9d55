using OnionHost.Network.Paths;
using OnionHost.Protocol;
using OnionHost.Rendezvous.Dialing;
using OnionHost.Rendezvous.Services;
using OnionHost.Rendezvous.Tests.Support;

namespace OnionHost.Rendezvous.Tests.Services;

/// <summary>Visits, and what a service does not put up with.</summary>
public sealed class ServiceVisitTests : ServiceScene
{
    [Fact]
    public async Task Visitor_reaches_a_listener_and_reuses_the_circuit()
    {
        var service = await StartReachableAsync(new OnionServiceOptions());
        var listener = service.Listen(80);
        await using var dialer = new OnionDialer(Context, new NoDialer(), Connector);
        var target = new StreamTarget(service.Address.ToString(), 80, IsolationKey.None);
        for (var i = 0; i < 3; i++)
        {
            await dialer.DialAsync(target, CancellationToken.None);
            var connection = await listener.AcceptAsync();
            Assert.Equal((80, 1u, null, false), (connection!.VirtualPort, connection.CircuitId, connection.CookieName, connection.HasCookie));
        }

        Assert.Single(Network.Joined);
        await dialer.DialAsync(target with { Isolation = new IsolationKey("other") }, CancellationToken.None);
        Assert.Equal(2u, (await listener.AcceptAsync())!.CircuitId);
    }

    [Fact]
    public async Task Many_visits_at_once_share_one_circuit()
    {
        var service = await StartReachableAsync(new OnionServiceOptions());
        service.Listen(80);
        await using var dialer = new OnionDialer(Context, new NoDialer(), Connector);
        var target = new StreamTarget(service.Address.ToString(), 80, IsolationKey.None);
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => dialer.DialAsync(target, CancellationToken.None)));
        Assert.Single(Network.Joined);
    }

    [Fact]
    public async Task Unknown_port_closes_the_circuit()
    {
        var service = await StartReachableAsync(new OnionServiceOptions());
        service.Listen(80);
        await using var dialer = new OnionDialer(Context, new NoDialer(), Connector);
        await Assert.ThrowsAnyAsync<TorException>(
            () => dialer.DialAsync(new StreamTarget(service.Address.ToString(), 81, IsolationKey.None), CancellationToken.None));
        Assert.True(Network.Joined.Single().Closed.IsCompleted);
    }

    [Fact]
    public async Task Circuit_with_too_many_streams_is_closed_and_a_full_listener_refuses()
    {
        var service = await StartReachableAsync(new OnionServiceOptions { MaxStreamsPerCircuit = 5, Backlog = 2 });
        service.Listen(80);
        await VisitAsync(service);
        var circuit = Network.Joined.Single();
        var streams = Enumerable.Range(0, 5).Select(_ => circuit.Open(80)).ToList();
        Assert.Equal([false, false, true, true, true], streams.Select(s => s.IsAborted));
        Assert.False(circuit.Closed.IsCompleted);
        circuit.Open(80);
        Assert.True(circuit.Closed.IsCompleted);
    }

    [Fact]
    public async Task Unbound_listener_gives_null_and_frees_the_port()
    {
        var service = Start(new OnionServiceOptions());
        var listener = service.Listen(80);
        Assert.Throws<TorException>(() => service.Listen(80));
        var pending = listener.AcceptAsync();
        listener.Unbind();
        Assert.Null(await pending);
        Assert.Null(await listener.AcceptAsync());
        service.Listen(80);
    }

    [Fact]
    public async Task Replayed_introduction_is_dropped()
    {
        var service = await StartReachableAsync(new OnionServiceOptions());
        var recorder = new RecordingCircuits(Network);
        await new OnionConnector(Context, Network, recorder).ConnectAsync(Name(service), IsolationKey.None, false, CancellationToken.None);
        Assert.Single(Network.Joined);
        Network.Standing[recorder.Point!.AuthKey].Introduce(recorder.Body);
        await Clock.RunAsync(TimeSpan.FromMinutes(1));
        Assert.Single(Network.Joined);
    }

    [Fact]
    public async Task Garbage_introductions_disturb_nobody()
    {
        var service = await StartReachableAsync(new OnionServiceOptions());
        foreach (var standing in Network.Standing.Values)
        {
            for (var length = 0; length < 490; length += 7)
            {
                standing.Introduce(new byte[length]);
            }
        }

        await VisitAsync(service);
    }
}
