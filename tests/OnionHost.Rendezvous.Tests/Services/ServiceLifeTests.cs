using OnionHost.Protocol;
using OnionHost.Rendezvous.Services;
using OnionHost.Rendezvous.Tests.Support;

namespace OnionHost.Rendezvous.Tests.Services;

/// <summary>How a service begins and ends.</summary>
public sealed class ServiceLifeTests : ServiceScene
{
    [Fact]
    public async Task Service_becomes_reachable_with_three_points_and_two_descriptors()
    {
        var service = Start(new OnionServiceOptions());
        Assert.Equal(OnionServiceState.Bootstrapping, service.State);
        Network.PublishPeriod(100);
        await ReachableAsync(service);
        await UntilAsync(() => Network.Uploads.Count == 2 && Network.Standing.Count == 3);
        Assert.Equal(
            [FakeNetwork.Period(100).Number, FakeNetwork.Period(101).Number], Network.Uploads.Select(upload => upload.Period.Number).Order());
        Assert.Equal((3, 16, 16), (service.Snapshot.IntroductionPoints, service.Snapshot.DescriptorUploads, service.Snapshot.DescriptorDirectories));
    }

    [Fact]
    public async Task Draining_lets_nobody_in_and_keeps_who_is_there()
    {
        var service = await StartReachableAsync(new OnionServiceOptions());
        await VisitAsync(service);
        await service.StopIntroductionsAsync();
        Assert.Equal(OnionServiceState.Draining, service.State);
        Assert.Empty(Network.Standing);
        Assert.False(Network.Joined.Single().Closed.IsCompleted);
        var failure = await Clock.PausesOfAsync(Assert.ThrowsAsync<OnionException>(() => VisitAsync(service)));
        Assert.Equal(OnionFailure.IntroductionFailed, failure.Failure);
        await service.DisposeAsync();
        Assert.True(Network.Joined.Single().Closed.IsCompleted);
        Assert.True(Network.Joined.Single().IsDrained);
        Assert.Equal(OnionServiceState.Stopped, service.State);
        Assert.Throws<ObjectDisposedException>(() => service.Listen(80));
    }

    [Fact]
    public async Task Restart_keeps_address_and_cookies()
    {
        using var temporary = new TemporaryDirectory();
        var options = new OnionServiceOptions { KeyDirectory = temporary.File("blog"), RequireCookie = true };
        var first = await StartReachableAsync(options);
        var cookie = first.Cookies.Issue("alice");
        Assert.Throws<TorException>(() => OnionService.Open(Context, options, Network.ForService));
        await first.DisposeAsync();
        var second = await StartReachableAsync(options);
        Assert.Equal(first.Address, second.Address);
        await UntilAsync(() => Reads(second, cookie));
        Assert.True((await VisitAsync(second, cookie)).IsOpen);
    }

    [Fact]
    public void Wrong_options_are_told_together()
    {
        var fault = Assert.Throws<TorException>(() => OnionServiceOptionsCheck.Check(
            new OnionServiceOptions { IntroductionPoints = 21, Backlog = 0, DrainTimeout = TimeSpan.FromHours(2), AllowDescriptorOnlyCookies = true }));
        Assert.Contains("IntroductionPoints", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Backlog", fault.Message, StringComparison.Ordinal);
        Assert.Contains("DrainTimeout", fault.Message, StringComparison.Ordinal);
        Assert.Contains("AllowDescriptorOnlyCookies", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Directory_that_C_tor_restricts_is_not_opened_to_all()
    {
        using var temporary = new TemporaryDirectory();
        Directory.CreateDirectory(temporary.File("authorized_clients"));
        File.WriteAllText(
            temporary.File("authorized_clients/bob.auth"), "descriptor:x25519:OM7TGIVRYMY6PFX6GAC6ATRTA5U6WW6U7A4ZNHQDI6OVL52XVV2Q\n");
        Assert.Throws<TorException>(() => OnionService.Open(Context, new OnionServiceOptions { KeyDirectory = temporary.Path }, Network.ForService));
    }
}
