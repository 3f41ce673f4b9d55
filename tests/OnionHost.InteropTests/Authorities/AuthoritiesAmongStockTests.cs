using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using OnionHost.Network;
using OnionHost.Network.Authority;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Directory.Voting;

namespace OnionHost.InteropTests;

/// <summary>Our authorities vote with stock ones: all of them must compute the same bytes, round after round, and sign them.</summary>
public sealed class AuthoritiesAmongStockTests(AuthoritiesAmongStockTests.Networks networks) : IClassFixture<AuthoritiesAmongStockTests.Networks>
{
    private const int RoundsOnEnd = 10;
    private static readonly NodeContext Context = new(TimeProvider.System, SystemRandomSource.Instance, NullLoggerFactory.Instance);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TimeToSettle = TimeSpan.FromSeconds(120);

    // Two runs of 24 rounds: the first whole one begins within the first.
    private static readonly TimeSpan TimeToShareRandomness = TimeSpan.FromMinutes(10);

    [SkippableFact]
    public Task Two_of_ours_and_two_stock_ones_agree() => networks.AgreedAsync(networks.TwoAndTwo);

    [SkippableFact]
    public Task One_of_ours_and_three_stock_ones_agree() => networks.AgreedAsync(networks.OneAndThree);

    [SkippableFact]
    public async Task One_with_a_wrong_clock_says_so_and_comes_back()
    {
        await networks.AgreedAsync(networks.OneAndThree);
        var network = networks.OneAndThree;
        await network.RunTestAsync(async () =>
        {
            using var limit = new CancellationTokenSource(TimeToSettle);
            network.Expect("(vote|Vote|consensus|signature|clock|Consensus|authority).*");
            var ours = network.Ours.Single();
            var said = ours.Logs.NextAsync("See that the clocks of both are right");
            var alone = ours.Logs.NextAsync("No consensus of");
            ours.Clock.Offset = TimeSpan.FromDays(2);
            await said.WaitAsync(limit.Token);
            await alone.WaitAsync(limit.Token);
            ours.Clock.Offset = TimeSpan.Zero;
            await using var watch = new RoundWatch(network);
            while ((await watch.NextAsync(limit.Token)).Any.Signatures.Count < 4)
            {
                // It comes back with one of the next rounds.
            }
        });
    }

    /// <summary>Both networks, at the same time: most of the time goes by in waiting for the next round.</summary>
    public sealed class Networks : IAsyncLifetime
    {
        private readonly Dictionary<StockNetwork, Task> _agreements = [];

        internal MixedAuthorities TwoAndTwo { get; } = new(stock: 2, ours: 2);

        internal MixedAuthorities OneAndThree { get; } = new(stock: 3, ours: 1);

        public Task InitializeAsync()
        {
            foreach (var network in new[] { TwoAndTwo, OneAndThree })
            {
                _agreements[network] = Task.Run(async () =>
                {
                    await network.InitializeAsync();
                    await network.RunTestAsync(() => AgreeAsync(network));
                });
            }

            return Task.CompletedTask;
        }

        public async Task DisposeAsync()
        {
            foreach (var (network, agreement) in _agreements)
            {
                await agreement.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await network.DisposeAsync();
            }
        }

        internal async Task AgreedAsync(MixedAuthorities network) => await _agreements[network];
    }

    private static async Task AgreeAsync(MixedAuthorities network)
    {
        await using var watch = new RoundWatch(network);
        using var limit = new CancellationTokenSource(TimeToSettle);
        VotedRound round;
        do
        {
            round = await watch.NextAsync(limit.Token);
        }
        while (round.Count < 8 || round.Any.Signatures.Count < 4 || round.Any.Relays.Count(IsRunning) < 7);

        network.AssertNoComplaints(isEarly: true);

        // From here on every round is good, whatever happens to the relays.
        limit.CancelAfter(TimeToShareRandomness);
        var joining = network.RunAsync("add", "relay");
        var before = round.ValidAfter;
        var left = false;
        var (hasJoined, hasLeft, hasRandomness) = (false, false, false);
        for (var rounds = 1; rounds <= RoundsOnEnd || !(hasJoined && hasLeft && hasRandomness); rounds++)
        {
            round = await watch.NextAsync(limit.Token);
            round.AssertGood(4);
            Assert.Equal(before + Interval, round.ValidAfter);
            before = round.ValidAfter;
            hasJoined |= round.Any.Relays.Any(relay => relay.Nickname.ToString() == "relay2" && IsRunning(relay));
            hasLeft |= left && !round.Any.Relays.Any(relay => relay.Nickname.ToString() == "leaver" && IsRunning(relay));
            hasRandomness |= round.Any.SharedRandomCurrentValue is { Reveals: 4 };
            if (rounds == 3)
            {
                await LeaveAsync(network, limit.Token);
                left = true;
            }
        }

        await joining;
        await AssertSignaturesAsync(network, round.Any, limit.Token);
        await AssertVotesAsync(network, limit.Token);
        network.AssertNoComplaints();
        Assert.Empty(StockLogs.About(network, network.Markers, "posted a vote to me", "Got a signature", "Added a signature", "Retrieved .* vote", "Known authority IDs"));
    }

    private static bool IsRunning(ConsensusRelay relay) => relay.Flags.HasFlag(RelayFlags.Running);

    /// <summary>Our relay tells the authorities that it hibernates: they stop listing it at once, not only when it has been silent for long.</summary>
    private static async Task LeaveAsync(MixedAuthorities network, CancellationToken stop)
    {
        var (relay, keys) = (network.Relay.Server.Relay, network.Relay.Server.Keys);
        var known = relay.Describe().Descriptor;
        var content = new ServerDescriptorContent
        {
            Nickname = known.Nickname,
            Address = known.Address,
            OrPort = (ushort)known.OrPort,
            Platform = known.Platform,
            Protocols = known.Protocols,
            Published = TimeProvider.System.GetUtcNow(),
            Contact = known.Contact,
            IsHibernating = true,
        };
        var signing = keys.Signing;
        var text = ServerDescriptorBuilder.Build(
            content, new ServerDescriptorKeys(keys.RsaIdentity, keys.OnionKeys.Rsa, signing.Key, signing.Certificate, keys.OnionKeys.Ntor.Current));
        foreach (var authority in network.Authorities)
        {
            var answer = await new AuthorityPeer(Context, authority, TimeSpan.FromSeconds(30)).PostAsync("/tor/", Encoding.UTF8.GetBytes(text), stop);
            Assert.True(answer.IsOk, $"{authority.Nickname}: {answer.Status} {answer.Reason}");
        }
    }

    private static async Task AssertSignaturesAsync(MixedAuthorities network, Consensus consensus, CancellationToken stop)
    {
        // Every stock authority serves our certificates, and those verify the signatures.
        foreach (var stock in network.Stock)
        {
            var peer = new AuthorityPeer(Context, network.Authorities.Single(a => a.Nickname.ToString() == stock.Nickname), TimeSpan.FromSeconds(30));
            var all = await peer.GetAsync("/tor/keys/all", stop);
            var certificates = DocumentReader.Split(all.Body, AuthorityCertificate.FirstKeyword).Select(part => AuthorityCertificate.Parse(part.Span)).ToList();
            Assert.Equal(4, ConsensusVerifier.CountGood(consensus, certificates));
        }
    }

    private static async Task AssertVotesAsync(MixedAuthorities network, CancellationToken stop)
    {
        foreach (var stock in network.Stock)
        {
            var peer = new AuthorityPeer(Context, network.Authorities.Single(a => a.Nickname.ToString() == stock.Nickname), TimeSpan.FromSeconds(30));
            foreach (var ours in network.Ours)
            {
                var vote = await peer.GetAsync($"/tor/status-vote/current/{ours.Server.Self.V3Identity}", stop);
                Assert.Equal(ours.Server.Self.V3Identity, Vote.Parse(vote.Body).Voter);
            }
        }
    }
}
