using OnionHost.Dht.Descriptors;
using OnionHost.Network;
using OnionHost.Network.Congestion;
using OnionHost.Network.Paths;
using OnionHost.Protocol;
using OnionHost.Rendezvous.Dialing;
using OnionHost.Rendezvous.Services;
using OnionHost.Rendezvous.Tests.Support;
using OnionHost.Tests.Shared;

namespace OnionHost.Rendezvous.Tests.Services;

/// <summary>How visitors and services come to congestion control: by the descriptor's offer and a word in the introduction.</summary>
public sealed class CongestionOfferTests : IAsyncLifetime
{
    private static readonly CongestionParameters Usual = CongestionParameters.Default;

    private readonly ManualTimeProvider _time = new();
    private readonly FakeNetwork _network;
    private readonly NodeContext _context;
    private readonly OnionConnector _connector;
    private OnionService? _service;

    public CongestionOfferTests()
    {
        _network = new FakeNetwork(_time);
        _context = TestNode.Context(_time);
        _connector = new OnionConnector(_context, _network, _network);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_service is not null)
        {
            await _service.DisposeAsync();
        }
    }

    [Fact]
    public async Task Both_ends_take_what_the_descriptor_offers()
    {
        await StartAsync();
        var joined = await VisitAsync();

        Assert.Equal(new CongestionTerms(Usual, 31), joined.Terms);
        Assert.Equal(joined.Terms, joined.Service.Terms);
    }

    [Fact]
    public async Task Where_the_network_wants_fixed_windows_nobody_asks()
    {
        _network.Congestion = null;
        await StartAsync();
        var joined = await VisitAsync();

        Assert.Null(joined.Terms);
        Assert.Null(joined.Service.Terms);
    }

    [Fact]
    public async Task A_new_increment_is_published_at_once()
    {
        await StartAsync();
        var before = _network.Uploads.Count;
        _network.Congestion = Usual with { SendmeIncrement = 50 };
        _network.PublishPeriod(100);
        await VirtualTime.HappensAsync(() => _network.Uploads.Count >= before + 2);
        Assert.Equal((byte)50, (await VisitAsync()).Terms!.SendmeIncrement);
    }

    [Theory]
    [InlineData(30, true)]
    [InlineData(32, true)]
    [InlineData(28, false)]
    [InlineData(100, false)]
    public void An_offer_too_far_from_the_networks_increment_is_none(byte offered, bool isFine) =>
        Assert.Equal(isFine, ServiceDirectory.Terms(new FlowControlOffer(offered), Usual) is not null);

    [Fact]
    public void Without_an_offer_nothing_is_asked() => Assert.Null(ServiceDirectory.Terms(null, Usual));

    [Fact]
    public async Task A_visitor_who_asks_for_what_was_not_offered_is_not_met()
    {
        await StartAsync();
        _network.BeforeIntroduction = () => _network.Congestion = null;
        var visit = VisitAsync();
        await VirtualTime.HappensAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return visit.IsCompleted;
        });
        await Assert.ThrowsAsync<OnionException>(() => visit);
        Assert.Empty(_network.Joined);
    }

    private async Task StartAsync()
    {
        _service = OnionService.Open(_context, new OnionServiceOptions(), _network.ForService);
        _service.Start();
        _service.Listen(80);
        _network.PublishPeriod(100);
        await _service.WaitUntilReachableAsync().WaitAsync(TimeSpan.FromSeconds(30));
    }

    private async Task<FakeNetwork.FakeJoined> VisitAsync()
    {
        var name = OnionHostName.Parse(_service!.Address.ToString());
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return (FakeNetwork.FakeJoined)await _connector.ConnectAsync(name, IsolationKey.None, fresh: false, limit.Token);
    }
}
