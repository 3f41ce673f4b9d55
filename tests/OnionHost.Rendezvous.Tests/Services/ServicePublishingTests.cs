using OnionHost.Network.Paths;
using OnionHost.Protocol;
using OnionHost.Rendezvous.Cookies;
using OnionHost.Rendezvous.Dialing;
using OnionHost.Rendezvous.Publishing;
using OnionHost.Rendezvous.Services;
using OnionHost.Rendezvous.Tests.Support;

namespace OnionHost.Rendezvous.Tests.Services;

/// <summary>When a service publishes, and what.</summary>
public sealed class ServicePublishingTests : ServiceScene
{
    [Fact]
    public async Task Descriptors_are_published_again_every_one_to_two_hours_with_growing_counters()
    {
        await StartReachableAsync(new OnionServiceOptions());
        await Clock.RunAsync(TimeSpan.FromHours(12));
        var rounds = Network.Uploads.Count / 2;
        Assert.InRange(rounds, 6, 13);
        foreach (var series in Network.Uploads.GroupBy(upload => upload.Key))
        {
            var counters = series.Select(upload => ulong.Parse(
                upload.Text.Split('\n').Single(line => line.StartsWith("revision-counter ", StringComparison.Ordinal)).Split(' ')[1],
                System.Globalization.CultureInfo.InvariantCulture)).ToList();
            Assert.Equal(counters.Distinct().Order(), counters);
        }
    }

    [Fact]
    public async Task Next_period_and_moved_directories_are_published_at_once()
    {
        var service = await StartReachableAsync(new OnionServiceOptions());
        await UntilAsync(() => Network.Uploads.Count == 2);
        Network.PublishPeriod(101);
        await UntilAsync(() => Network.Uploads.Count == 4);
        Assert.Equal(2, Network.Uploads.Count(upload => upload.Period == FakeNetwork.Period(101)));
        await VisitAsync(service);
        Network.DirectorySet = [new Protocol.Identities.Ed25519Identity(Enumerable.Repeat((byte)1, 32).ToArray())];
        Network.Publish(Network.Slots!.Value);
        await UntilAsync(() => Network.Uploads.Count == 6);
        Network.Publish(Network.Slots!.Value);
        await Clock.RunAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(6, Network.Uploads.Count);
    }

    [Fact]
    public async Task Visitor_with_the_older_period_is_still_met()
    {
        var service = await StartReachableAsync(new OnionServiceOptions());
        var old = await Network.FindAsync(Name(service), IsolationKey.None, Freshness.Known, CancellationToken.None);
        Network.PublishPeriod(101);
        await UntilAsync(() => Network.Uploads.Count == 4);
        var connector = new OnionConnector(Context, new OneView(old), Network);
        Assert.True((await connector.ConnectAsync(Name(service), IsolationKey.None, false, CancellationToken.None)).IsOpen);
    }

    [Fact]
    public async Task Failed_uploads_are_tried_again_soon()
    {
        Network.UploadResult = () => new UploadTally(0, 8);
        Network.PublishPeriod(100);
        var service = Start(new OnionServiceOptions());
        await UntilAsync(() => service.State == OnionServiceState.Publishing && service.Snapshot.DescriptorDirectories == 16);
        Network.UploadResult = () => new UploadTally(8, 8);
        Assert.True(await Clock.RunUntilAsync(() => service.State == OnionServiceState.Reachable));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public async Task As_many_cookies_as_are_allowed_fit_into_the_descriptor(int points)
    {
        var service = OnionService.Open(Context, new OnionServiceOptions { RequireCookie = true, IntroductionPoints = points }, Network.ForService);
        Own(service);
        OnionCookie? last = null;
        try
        {
            for (var i = 0; ; i++)
            {
                last = service.Cookies.Issue($"visitor-{i}");
            }
        }
        catch (TorException)
        {
            Assert.True(service.Cookies.List().Count >= 100);
        }

        Network.PublishPeriod(100);
        service.Start();
        await ReachableAsync(service);
        await UntilAsync(() => Reads(service, last!));
        Assert.All(Network.Uploads, upload => Assert.True(upload.Text.Length <= 50_000));
    }
}
