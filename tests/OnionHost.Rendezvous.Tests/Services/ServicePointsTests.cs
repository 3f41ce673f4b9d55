using OnionHost.Network.Paths;
using OnionHost.Protocol;
using OnionHost.Protocol.Identities;
using OnionHost.Rendezvous.Dialing;
using OnionHost.Rendezvous.Services;
using OnionHost.Rendezvous.Tests.Support;

namespace OnionHost.Rendezvous.Tests.Services;

/// <summary>How a service keeps its introduction points.</summary>
public sealed class ServicePointsTests : ServiceScene
{
    [Fact]
    public async Task Dead_point_is_replaced_and_told_to_visitors()
    {
        var service = await StartReachableAsync(new OnionServiceOptions());
        var before = Network.Uploads.Count;
        Network.Standing.Values.First().Die();
        await UntilAsync(() => Network.Uploads.Count >= before + 2 && Network.Standing.Count == 3);
        await UntilAsync(() => service.State == OnionServiceState.Reachable);
        await VisitAsync(service);
    }

    [Fact]
    public async Task Dead_points_are_replaced_where_there_are_fewer_relays_than_points()
    {
        Network.Relays = 2;
        Network.PublishPeriod(100);
        var service = Start(new OnionServiceOptions());
        await ReachableAsync(service);
        foreach (var point in Network.Standing.Values)
        {
            point.Die();
        }

        Assert.True(await Clock.RunUntilAsync(() => Network.Standing.Count == 2 && Tells(service, Network.Standing.Keys)));
        await VisitAsync(service);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(3)]
    public async Task Points_are_replaced_within_a_day_and_the_old_ones_stay_a_while(int relays)
    {
        Network.Relays = relays;
        var service = await StartReachableAsync(new OnionServiceOptions());
        var first = Network.Standing.Keys.ToHashSet();
        await Clock.RunAsync(TimeSpan.FromHours(17));
        Assert.Equal(first, Network.Standing.Keys.ToHashSet());
        Assert.True(await Clock.RunUntilAsync(() => Network.Standing.Count > 3));
        Assert.True(await Clock.RunUntilAsync(() => Network.Standing.Count == 3 && !Network.Standing.Keys.Any(first.Contains)));
        await VisitAsync(service);
    }

    [Fact]
    public async Task Points_that_cannot_be_had_are_tried_again_with_pauses()
    {
        var attempts = 0;
        Network.IntroductionCircuitFault = () =>
            Interlocked.Increment(ref attempts) <= 20 ? new TorException(TorErrorKind.Network, "No relay.", isTransient: true) : null;
        Network.PublishPeriod(100);
        var service = Start(new OnionServiceOptions());
        await UntilAsync(() => service.Snapshot.LastError == "No relay.");
        Assert.Equal(OnionServiceState.OpeningIntroductions, service.State);
        Assert.True(await Clock.RunUntilAsync(() => service.State == OnionServiceState.Reachable));
    }

    [Fact]
    public async Task Network_with_too_few_relays_leaves_the_service_degraded_but_reachable()
    {
        Network.Relays = 2;
        Network.PublishPeriod(100);
        var service = Start(new OnionServiceOptions { IntroductionPoints = 5 });
        await ReachableAsync(service);
        Assert.Equal(OnionServiceState.Degraded, service.State);
        await Clock.RunAsync(TimeSpan.FromMinutes(30));
        Assert.InRange(Network.Uploads.Count, 2, 6);
        await VisitAsync(service);
    }

    /// <summary>True if the present descriptor names these points and no others.</summary>
    private bool Tells(OnionService service, IEnumerable<Ed25519Identity> points)
    {
        var view = Network.FindAsync(Name(service), IsolationKey.None, Freshness.Known, CancellationToken.None).GetAwaiter().GetResult();
        return view.Points.Select(point => point.AuthKey).ToHashSet().SetEquals(points);
    }
}
