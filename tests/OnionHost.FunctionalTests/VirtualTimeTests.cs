using System.Collections.Concurrent;
using OnionHost.LocalNetwork;
using OnionHost.Network.Authority;
using OnionHost.Network.Directory;
using OnionHost.Protocol.Identities;
using OnionHost.Rendezvous;
using OnionHost.Rendezvous.Services;
using OnionHost.Tests.Shared;

namespace OnionHost.FunctionalTests;

/// <summary>Three days of a network, in the time of a test: hourly consensuses, time periods, rotation.</summary>
public sealed class VirtualTimeTests : IAsyncLifetime, IDisposable
{
    private const int Hours = 72;
    private const int StepsPerRound = 6;

    private readonly string _data = Directory.CreateTempSubdirectory("onionhost-days-").FullName;
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromMinutes(8));
    private readonly VirtualDays _days = new(new DateTimeOffset(2026, 11, 22, 10, 10, 0, TimeSpan.Zero));
    private readonly ConcurrentDictionary<VotingAuthority, int> _steps = new();
    private PrivateNetwork _network = null!;
    private TorClient _host = null!;
    private OnionService _service = null!;

    public async Task InitializeAsync()
    {
        _network = await _days.WhileAsync(PrivateNetwork.StartAsync(
            new PrivateNetworkOptions { Relays = 5, Exits = 1, VotingInterval = TimeSpan.FromHours(1), TimeProvider = _days.Clock }, _limit.Token), _limit.Token);
        foreach (var voting in Votings)
        {
            voting.StepDone += _ => _steps.AddOrUpdate(voting, 1, (_, count) => count + 1);
        }

        _host = await StartClientAsync();
        _service = await _days.WhileAsync(_host.AddServiceAsync(new OnionServiceOptions { KeyDirectory = Path.Combine(_data, "service") }, _limit.Token), _limit.Token);
        Serve(_service.Listen(80));
        await _days.WhileAsync(_service.WaitUntilReachableAsync(_limit.Token), _limit.Token);
    }

    [Fact]
    public async Task Three_days_pass()
    {
        var periods = new HashSet<string>();
        var points = new HashSet<RelayFingerprint>();
        var published = new List<DateTimeOffset>();
        _service.Changed += snapshot =>
        {
            lock (published)
            {
                published.Add(snapshot.LastPublished ?? default);
            }
        };
        for (var hour = 1; hour <= Hours; hour++)
        {
            await PassOneRoundAsync(hour);
            var view = View(_host);
            Assert.True(view.Consensus.ValidUntil > _days.Clock.GetUtcNow(), $"After {hour} hours the client's consensus has expired.");
            points.UnionWith(_service.IntroductionRelays());
            if (hour % 12 == 0)
            {
                periods.Add(Convert.ToHexString(view.Consensus.SharedRandomCurrent ?? []));
                await VisitAsync();
            }
        }

        // A shared random value a day, descriptors renewed about hourly, introduction points moved on.
        Assert.True(periods.Count >= 3, $"{periods.Count} shared random values were seen.");
        Assert.Contains(periods, value => value.Length == 64);
        lock (published)
        {
            Assert.True(published.Distinct().Count() >= Hours / 3, $"The descriptors were published {published.Distinct().Count()} times.");
        }

        Assert.True(points.Count > 3, "No introduction point was ever replaced.");
        Assert.Equal(OnionServiceState.Reachable, _service.State);
    }

    public async Task DisposeAsync()
    {
        await _days.WhileAsync(_host.DisposeAsync().AsTask(), _limit.Token);
        await _days.WhileAsync(_network.DisposeAsync().AsTask(), _limit.Token);
    }

    public void Dispose()
    {
        _limit.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    private IEnumerable<VotingAuthority> Votings =>
        _network.Nodes.Where(node => node.IsAuthority).Select(node => node.Running.Authority!.Voting);

    private static NetworkView View(TorClient client) => client.Node.Directory.Current ?? throw new InvalidOperationException("The client lost its view.");

    /// <summary>One hour: each step of the authorities is awaited, then the client's renewal.</summary>
    private async Task PassOneRoundAsync(int round)
    {
        var schedule = Votings.First().Schedule;
        var times = schedule.NextToVote(_days.Clock.GetUtcNow());
        DateTimeOffset[] steps = [times.Vote, times.FetchVotes, times.CompareVotes, times.Sign, times.FetchSignatures, times.ValidAfter];
        for (var i = 0; i < steps.Length; i++)
        {
            await _days.UntilAsync(steps[i], _limit.Token);
            var done = ((round - 1) * StepsPerRound) + i + 1;
            await _days.UntilAsync(() => Votings.All(voting => _steps.GetValueOrDefault(voting) >= done), _limit.Token);
        }

        Assert.All(Votings, voting => Assert.Equal(times.ValidAfter, voting.Last?.ValidAfter));

        // Clients ask for a consensus before theirs ends: two hours after it stopped being fresh at the latest.
        await _days.UntilAsync(() => View(_host).Consensus.ValidUntil > _days.Clock.GetUtcNow(), _limit.Token);
    }

    private async Task VisitAsync()
    {
        var visitor = await StartClientAsync();
        try
        {
            await using var stream = await _days.WhileAsync(visitor.ConnectAsync(_service.Address.ToString(), 80, null, _limit.Token), _limit.Token);
            var reply = new byte[5];
            await _days.WhileAsync(stream.ReadExactlyAsync(reply, _limit.Token).AsTask(), _limit.Token);
            Assert.Equal("hello"u8.ToArray(), reply);
        }
        finally
        {
            await _days.WhileAsync(visitor.DisposeAsync().AsTask(), _limit.Token);
        }
    }

    private async Task<TorClient> StartClientAsync()
    {
        var client = new TorClient(_network.CreateClientOptions());
        await _days.WhileAsync(client.StartAsync(_limit.Token), _limit.Token);
        await _days.WhileAsync(client.WaitUntilReadyAsync(_limit.Token), _limit.Token);
        return client;
    }

    private static async void Serve(OnionListener listener)
    {
        while (await listener.AcceptAsync() is { } connection)
        {
            await connection.Output.WriteAsync("hello"u8.ToArray());
            await connection.DisposeAsync();
        }
    }
}
