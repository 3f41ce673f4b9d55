using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using OnionHost.Network.Authority;
using OnionHost.Network.Authority.Flags;
using OnionHost.Network.Authority.Rounds;
using OnionHost.Network.Directory;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Identities;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests.Authority;

/// <summary>Authorities in one process that talk HTTP over loopback, in virtual time.</summary>
internal sealed class AuthorityFixture : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(20);

    private readonly List<Member> _members = [];
    private readonly List<DirectoryPort> _ports = [];
    private readonly List<DirectoryPort> _down = [];
    private readonly List<AuthorityKeys> _keys = [];

    private AuthorityFixture()
    {
        Context = new NodeContext(Clock, SystemRandomSource.Instance, NullLoggerFactory.Instance);
    }

    public ManualTimeProvider Clock { get; } = new(Start);

    public NodeContext Context { get; }

    public PaperTester Tester { get; } = new();

    public IReadOnlyList<Member> Members => _members;

    public static AuthorityFixture Create(int count, Func<AuthorityOptions, AuthorityOptions>? change = null, int firstKey = 0)
    {
        var fixture = new AuthorityFixture();
        var machines = Enumerable.Range(0, count).Select(_ => new Machine(new ShiftedTimeProvider(fixture.Clock), new Warnings())).ToList();
        var contexts = machines.Select(m => new NodeContext(m.Clock, SystemRandomSource.Instance, m.Warnings)).ToList();
        var resources = Enumerable.Range(0, count).Select(_ => new List<IDirectoryResource>()).ToList();
        foreach (var (list, context) in resources.Zip(contexts))
        {
            fixture._ports.Add(new DirectoryPort(context, new DirectoryServer(context, list), new IPEndPoint(IPAddress.Loopback, 0)));
            fixture._keys.Add(PaperKeys.Take(firstKey + fixture._keys.Count));
        }

        var authorities = fixture._ports.Select((port, i) => new DirectoryAuthority(
            Nickname.Parse($"auth{i}"), fixture._keys[i].Identity, new RelayFingerprint(SystemRandomSource.Instance.Bytes(20)), new IPEndPoint(IPAddress.Loopback, 5000 + i), port.EndPoint)).ToList();
        for (var i = 0; i < count; i++)
        {
            var options = new AuthorityOptions(authorities[i], authorities)
            {
                Interval = Interval,
                VoteDelay = TimeSpan.FromSeconds(4),
                DistributionDelay = TimeSpan.FromSeconds(4),
                Contact = $"auth{i}@example.org",
                Parameters = NetworkParameters.Parse([$"test={i}"]),
                Flags = FlagOptions.Private,
                AllowPrivateAddresses = true,
            };
            var store = new DirectoryStore(contexts[i]);
            var authority = new VotingAuthority(contexts[i], change?.Invoke(options) ?? options, fixture._keys[i], store, fixture.Tester);
            resources[i].Add(authority.Resource);
            resources[i].Add(new DirectoryCacheResource(contexts[i], store));
            fixture._ports[i].Start();
            fixture._members.Add(new Member(authority, store, authorities[i], fixture._keys[i], machines[i]));
        }

        return fixture;
    }

    /// <summary>All authorities learn of relays, and reach them.</summary>
    public async Task OfferAsync(params PaperRelay[] relays)
    {
        foreach (var member in Members)
        {
            foreach (var relay in relays)
            {
                var verdict = await member.Authority.OfferAndTestAsync(relay.Describe(Context.Now), default);
                Assert.Null(verdict.Rejection);
            }
        }
    }

    /// <summary>Runs the steps of a round at some authorities, at the times of the schedule.</summary>
    public async Task<VotingRound[]> RoundAsync(DateTimeOffset validAfter, params int[] who)
    {
        var members = (who.Length == 0 ? Enumerable.Range(0, Members.Count) : who).Select(i => Members[i]).ToArray();
        var times = members[0].Authority.Schedule.Times(validAfter);
        var rounds = members.Select(m => m.Authority.BeginRound(validAfter, times.FetchVotes)).ToArray();
        await AtAsync(times.Vote, rounds, r => r.PublishVoteAsync(default));
        await AtAsync(times.FetchVotes, rounds, r => r.FetchMissingVotesAsync(default));
        await AtAsync(times.CompareVotes, rounds, r => r.CompareVotesAsync(default));
        await AtAsync(times.Sign, rounds, r => r.SignAsync(default));
        await AtAsync(times.FetchSignatures, rounds, r => r.FetchMissingSignaturesAsync(default));
        Clock.AdvanceTo(validAfter);
        await Task.WhenAll(members.Zip(rounds, (m, r) => m.Authority.PublishAsync(r, default)));
        return rounds;
    }

    public async Task AtAsync(DateTimeOffset time, VotingRound[] rounds, Func<VotingRound, Task> step)
    {
        Clock.AdvanceTo(time);
        await Task.WhenAll(rounds.Select(step));
    }

    /// <summary>Stops an authority's directory port: it is down for the others.</summary>
    public async Task TakeDownAsync(int index)
    {
        await _ports[index].DisposeAsync();
        _down.Add(_ports[index]);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var member in _members)
        {
            await member.Authority.DisposeAsync();
        }

        foreach (var port in _ports.Except(_down))
        {
            await port.DisposeAsync();
        }
    }

    public sealed record Member(VotingAuthority Authority, DirectoryStore Store, DirectoryAuthority Known, AuthorityKeys Keys, Machine Machine)
    {
        public Consensus Consensus => Store.Consensus(ConsensusFlavor.Microdesc)!;

        public AuthorityPeer Peer(NodeContext context) => new(context, Known, TimeSpan.FromSeconds(30));
    }

    /// <summary>What an authority has for itself: a clock that may be off, and its operator's log.</summary>
    public sealed record Machine(ShiftedTimeProvider Clock, Warnings Warnings);
}
