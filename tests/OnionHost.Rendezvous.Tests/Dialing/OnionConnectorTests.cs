using OnionHost.Network.Paths;
using OnionHost.Protocol;
using OnionHost.Protocol.Messages;
using OnionHost.Rendezvous.Dialing;
using OnionHost.Rendezvous.Publishing;
using OnionHost.Rendezvous.Services;
using OnionHost.Rendezvous.Tests.Support;
using OnionHost.Tests.Shared;

namespace OnionHost.Rendezvous.Tests.Dialing;

public sealed class OnionConnectorTests : IAsyncLifetime
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan SecondPause = TimeSpan.FromSeconds(3);

    private readonly ManualTimeProvider _time = new();
    private readonly FakeNetwork _network;
    private readonly OnionService _service;
    private readonly OnionDialer _dialer;

    public OnionConnectorTests()
    {
        _network = new FakeNetwork(_time);
        var context = TestNode.Context(_time);
        _service = OnionService.Open(context, new OnionServiceOptions(), _network.ForService);
        _dialer = new OnionDialer(context, new NoDialer(), new OnionConnector(context, _network, _network));
    }

    public async Task InitializeAsync()
    {
        _network.PublishPeriod(100);
        _service.Listen(80);
        _service.Start();
        await _service.WaitUntilReachableAsync().WaitAsync(TimeSpan.FromSeconds(60));
    }

    public async Task DisposeAsync()
    {
        await _dialer.DisposeAsync();
        await _service.DisposeAsync();
    }

    [Fact]
    public async Task Next_introduction_point_is_tried_when_one_refuses()
    {
        var refusals = 2;
        _network.IntroduceStatus = () => refusals-- > 0 ? IntroduceAckMessage.CannotRelay : null;
        await DialAsync(_service.Address.ToString());
        Assert.Single(_network.Joined);
        Assert.Equal((0, 1), (_network.Refreshes, _network.Reached));
    }

    [Fact]
    public async Task Newer_descriptor_is_asked_for_when_all_points_refuse()
    {
        _network.IntroduceStatus = () => IntroduceAckMessage.UnknownService;
        Assert.Equal(OnionFailure.IntroductionFailed, (await _time.PausesOfAsync(FailureAsync())).Failure);
        Assert.Equal((4, 3), (_network.Lookups, _network.Refreshes));
    }

    [Fact]
    public async Task Visitor_of_a_service_that_is_just_moving_waits_for_its_new_descriptor()
    {
        // New introduction points stand, but the descriptor with them is stored only at the second try, five seconds later.
        var failed = 0;
        _network.UploadResult = () => new UploadTally(0, Interlocked.Increment(ref failed));
        foreach (var point in _network.Standing.Values)
        {
            point.Die();
        }

        Assert.True(await VirtualTime.HappensAsync(() => _network.Standing.Count == 3 && failed >= 2));
        _time.Advance(TimeSpan.FromSeconds(1));
        var visit = DialAsync(_service.Address.ToString());
        await PassAsync(FirstPause);
        var uploads = _network.Uploads.Count;
        _network.UploadResult = () => new UploadTally(8, 8);
        await PassAsync(SecondPause - TimeSpan.FromSeconds(0.25));
        Assert.True(await VirtualTime.HappensAsync(() => _network.Uploads.Count >= uploads + 2));
        _time.Advance(TimeSpan.FromSeconds(0.25));
        await visit;
        Assert.Single(_network.Joined);
    }

    [Fact]
    public async Task Points_that_cannot_be_reached_in_time_are_a_timeout()
    {
        _network.IntroductionCircuitFault = () => new TimeoutException();
        Assert.Equal(OnionFailure.IntroductionTimedOut, (await _time.PausesOfAsync(FailureAsync())).Failure);
    }

    [Fact]
    public async Task Service_that_never_comes_is_a_failed_rendezvous()
    {
        _network.LosesIntroductions = true;
        var failure = FailureAsync();
        Assert.True(await _time.RunUntilAsync(() => failure.IsCompleted));
        Assert.Equal(OnionFailure.RendezvousFailed, (await failure).Failure);
    }

    [Fact]
    public async Task Service_that_does_not_come_once_is_asked_to_come_elsewhere()
    {
        _network.MissedMeetings = 1;
        await DialAsync(_service.Address.ToString());
        Assert.Equal((0, 0), (_network.MissedMeetings, _network.Refreshes));
        Assert.Single(_network.Joined);
    }

    [Fact]
    public async Task Unknown_service_has_no_descriptor()
    {
        var other = "vojcvggs3ksv45pt5pw56vqjqajuravfrb6hut7a4arq76qyd6bzs5id.onion";
        Assert.Equal(OnionFailure.DescriptorNotFound, (await Assert.ThrowsAsync<OnionException>(() => DialAsync(other))).Failure);
    }

    [Theory]
    [InlineData("onion")]
    [InlineData("short.onion")]
    [InlineData("SHORT.ONION.")]
    [InlineData(" short.onion ")]
    public async Task Onion_hosts_never_reach_the_inner_dialer(string host)
    {
        Assert.Equal(OnionFailure.BadAddress, (await Assert.ThrowsAsync<OnionException>(() => DialAsync(host))).Failure);
        await Assert.ThrowsAsync<TorException>(() => _dialer.ResolveAsync(host, IsolationKey.None, CancellationToken.None));
        await Assert.ThrowsAsync<InvalidOperationException>(() => DialAsync("example.org"));
    }

    [Fact]
    public async Task Circuit_that_the_service_closed_is_replaced_with_a_fresh_look()
    {
        await DialAsync(_service.Address.ToString());
        _network.Joined.Single().Close();
        await DialAsync(_service.Address.ToString());
        Assert.Equal(2, _network.Joined.Count);
        Assert.Equal(1, _network.Refreshes);
    }

    [Fact]
    public async Task Idle_circuit_is_closed_after_ten_minutes()
    {
        await DialAsync(_service.Address.ToString());
        Assert.False(_network.Joined.Single().Closed.IsCompleted);
        Assert.True(await _time.RunUntilAsync(() => _network.Joined.Single().Closed.IsCompleted));
    }

    /// <summary>Waits until the visitor waits for so long at most, and lets that time pass.</summary>
    private async Task PassAsync(TimeSpan pause)
    {
        Assert.True(await VirtualTime.HappensAsync(() => _time.NextDueOfThoseSetFor(SecondPause) is not null));
        _time.Advance(pause);
    }

    private Task DialAsync(string host) => _dialer.DialAsync(new StreamTarget(host, 80, IsolationKey.None), CancellationToken.None);

    private Task<OnionException> FailureAsync() => Assert.ThrowsAsync<OnionException>(() => DialAsync(_service.Address.ToString()));
}
