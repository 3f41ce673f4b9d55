using System.Diagnostics.Metrics;
using OnionHost.Network.Authority;
using OnionHost.Network.Authority.Rounds;
using OnionHost.Protocol;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Directory.Voting;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Tests.Authority;

/// <summary>An authority signs two different votes of one period, and shows one to some and the other one to others.</summary>
public sealed class EquivocationTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly DateTimeOffset First = AuthorityFixture.Start + (2 * AuthorityFixture.Interval);
    private static readonly DateTimeOffset Second = First + AuthorityFixture.Interval;

    private readonly string _data = System.IO.Directory.CreateTempSubdirectory("onionhost-votes-").FullName;

    [Fact]
    public async Task Every_honest_authority_names_it_and_there_is_no_consensus_until_it_behaves()
    {
        await using var network = AuthorityFixture.Create(4, o => o with
        {
            DataDirectory = Path.Combine(_data, o.Self.Nickname.ToString()),
            Self = o.Self with { Nickname = Nickname.Parse("metered" + o.Self.Nickname) },
        });
        using var relay = new PaperRelay("relay", 1);
        await network.OfferAsync(relay);
        var (one, other) = TwoVotes(network, 3);

        var rounds = await HoldAsync(network, [0, 1, 2], async () =>
        {
            await PostAsync(network, 0, one);
            await PostAsync(network, 1, one);
            await PostAsync(network, 2, other);
        });

        foreach (var (member, round) in network.Members.Zip(rounds))
        {
            var found = Assert.Single(member.Authority.Equivocations.Recent);
            Assert.Equal((First, "auth3", network.Members[3].Keys.Identity), (found.ValidAfter, found.Nickname, found.Authority));
            Assert.Equal(Sorted(one, other), new[] { found.First, found.Second }.Select(d => d.ToString()).Order());
            var evidence = await File.ReadAllBytesAsync(found.File!);
            Assert.Equal(Sorted(one, other), DocumentReader.Split(evidence, "network-status-version").Select(Vote.Parse).Select(v => v.Digest.ToString()).Order());
            var warning = Assert.Single(member.Machine.Warnings.All, w => w.Contains("signed two different votes of", StringComparison.Ordinal));
            Assert.All([found.Nickname, found.Authority.ToString(), one.Digest.ToString(), other.Digest.ToString(), found.File!], part => Assert.Contains(part, warning, StringComparison.Ordinal));
            Assert.Null(round.Pending);
            Assert.Contains("auth3", round.Problem, StringComparison.Ordinal);
            Assert.Equal(round.Problem, member.Authority.Problem);
            Assert.Null(member.Store.Consensus(ConsensusFlavor.Microdesc));
            Assert.Equal((0, 1), member.Authority.Rounds);
            foreach (var name in new[] { "consensus", "consensus-microdesc", "consensus-signatures" })
            {
                Assert.Equal(404, (await member.Peer(network.Context).GetAsync("/tor/status-vote/next/" + name, default)).Status);
            }
        }

        Assert.Equal(
            [("equivocations", 1L), ("rounds failed", 1L), ("rounds published", 0L)],
            Measure("meteredauth0").Order());

        await network.RoundAsync(Second).WaitAsync(Limit);
        Assert.All(network.Members, m => Assert.Equal((Second, 4), (m.Consensus.ValidAfter, m.Consensus.Signatures.Count)));
        Assert.All(network.Members.Take(3), m => Assert.Null(m.Authority.Problem));
    }

    [Fact]
    public async Task Who_alone_got_both_shows_them_to_the_others()
    {
        await using var network = AuthorityFixture.Create(4);
        using var relay = new PaperRelay("relay", 1);
        await network.OfferAsync(relay);
        var (one, other) = TwoVotes(network, 3);

        await HoldAsync(network, [0, 1, 2], async () =>
        {
            await PostAsync(network, 0, one);
            await PostAsync(network, 1, one);
            await PostAsync(network, 2, one);
            Assert.False((await PostAsync(network, 1, other)).IsOk);
        });

        Assert.All(network.Members.Take(3), m => Assert.Equal(network.Members[3].Keys.Identity, Assert.Single(m.Authority.Equivocations.Recent).Authority));
        Assert.All(network.Members.Take(3), m => Assert.Null(m.Store.Consensus(ConsensusFlavor.Microdesc)));
    }

    [Fact]
    public async Task A_second_vote_that_comes_after_the_signatures_withdraws_them()
    {
        await using var network = AuthorityFixture.Create(3);
        using var relay = new PaperRelay("relay", 1);
        await network.OfferAsync(relay);
        var (one, other) = TwoVotes(network, 2);

        var rounds = await HoldAsync(
            network,
            [0, 1],
            async () =>
            {
                await PostAsync(network, 0, one);
                await PostAsync(network, 1, one);
            },
            () => PostAsync(network, 0, other));

        Assert.All(rounds, r => Assert.Null(r.Pending));
        Assert.All(network.Members.Take(2), m => Assert.Null(m.Store.Consensus(ConsensusFlavor.Microdesc)));
    }

    [Fact]
    public async Task Another_copy_of_ones_own_key_is_found_too()
    {
        await using var network = AuthorityFixture.Create(3);
        using var relay = new PaperRelay("relay", 1);
        await network.OfferAsync(relay);
        var (_, other) = TwoVotes(network, 0);

        // The thief is faster than the owner.
        await HoldAsync(network, [0, 1, 2], () => Task.WhenAll(PostAsync(network, 0, other), PostAsync(network, 2, other)), isFirst: true);

        Assert.Single(network.Members[0].Machine.Warnings.All, w => w.Contains("this authority's own key", StringComparison.Ordinal));
        Assert.All(network.Members, m => Assert.Equal(network.Members[0].Keys.Identity, Assert.Single(m.Authority.Equivocations.Recent).Authority));
    }

    [Fact]
    public async Task An_authority_that_is_restarted_publishes_the_same_vote()
    {
        var digests = new List<Digest160>();
        for (var start = 0; start < 2; start++)
        {
            await using var network = AuthorityFixture.Create(1, o => o with { DataDirectory = _data });

            // Another time and another relay: a vote that was made now would be another one.
            network.Clock.Advance(TimeSpan.FromSeconds(start));
            using var relay = new PaperRelay("relay", 1);
            await network.OfferAsync(relay);
            var authority = network.Members[0].Authority;
            Assert.Equal(AuthorityFixture.Start, authority.PeriodAt(network.Context.Now));
            var round = authority.BeginRound(First);
            await round.PublishVoteAsync(default);
            digests.Add(round.Own!.Digest);

            // A round that is held at once is of another period than the one that it voted in.
            Assert.Equal(First.AddSeconds(7), authority.PeriodAt(First.AddSeconds(7.5)));
            Assert.Equal(First.AddSeconds(1), authority.PeriodAt(First.AddSeconds(0.5)));
        }

        Assert.Single(digests.Distinct());
    }

    public void Dispose() => System.IO.Directory.Delete(_data, recursive: true);

    /// <summary>What the meter says of the authority of this name, which no other test has.</summary>
    private static List<(string Name, long Value)> Measure(string nickname)
    {
        var values = new Dictionary<string, long>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == AuthorityMetrics.MeterName && instrument.Meter.Tags!.Any(tag => (string?)tag.Value == nickname))
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            values[$"{instrument.Name["onionhost.authority.".Length..]} {(tags.Length > 0 ? tags[0].Value : null)}".TrimEnd()] = value);
        listener.Start();
        listener.RecordObservableInstruments();
        return [.. values.Select(value => (value.Key, value.Value))];
    }

    private static IEnumerable<string> Sorted(params Vote[] votes) => votes.Select(v => v.Digest.ToString()).Order();

    /// <summary>Two votes of an authority that does not take part itself, for different parameters.</summary>
    private static (Vote One, Vote Other) TwoVotes(AuthorityFixture network, int index)
    {
        var member = network.Members[index];
        var content = new VoteContent
        {
            Published = First.AddSeconds(-8),
            ValidAfter = First,
            FreshUntil = Second,
            ValidUntil = First + (3 * AuthorityFixture.Interval),
            VoteDelay = TimeSpan.FromSeconds(4),
            DistributionDelay = TimeSpan.FromSeconds(4),
            KnownFlags = ["Running", "Valid"],
            Parameters = NetworkParameters.Parse(["test=1"]),
            Source = new ConsensusAuthority(
                member.Known.Nickname.ToString(), member.Keys.Identity, "127.0.0.1", member.Known.DirPort.Address, (ushort)member.Known.DirPort.Port, 5000, "somebody", null),
            Certificate = member.Keys.Certificate,
            Relays = [],
        };
        return (VoteWriter.Sign(content, member.Keys.Signing), VoteWriter.Sign(content with { Parameters = NetworkParameters.Parse(["test=2"]) }, member.Keys.Signing));
    }

    private static Task<Network.Directory.DirectoryResponse> PostAsync(AuthorityFixture network, int to, Vote vote) =>
        network.Members[to].Peer(network.Context).PostAsync("/tor/post/vote", vote.Document, default);

    /// <summary>A round without a consensus, at the times of the schedule.</summary>
    private static async Task<VotingRound[]> HoldAsync(
        AuthorityFixture network, int[] who, Func<Task> posted, Func<Task>? afterSigning = null, bool isFirst = false)
    {
        var members = who.Select(i => network.Members[i]).ToArray();
        var times = members[0].Authority.Schedule.Times(First);
        var rounds = members.Select(m => m.Authority.BeginRound(First, times.FetchVotes)).ToArray();
        network.Clock.AdvanceTo(times.Vote);
        if (isFirst)
        {
            await posted().WaitAsync(Limit);
        }

        await network.AtAsync(times.Vote, rounds, r => r.PublishVoteAsync(default)).WaitAsync(Limit);
        if (!isFirst)
        {
            await posted().WaitAsync(Limit);
        }

        await network.AtAsync(times.FetchVotes, rounds, r => r.FetchMissingVotesAsync(default)).WaitAsync(Limit);
        await network.AtAsync(times.CompareVotes, rounds, r => r.CompareVotesAsync(default)).WaitAsync(Limit);
        await network.AtAsync(times.Sign, rounds, r => afterSigning is null ? Assert.ThrowsAsync<TorException>(() => r.SignAsync(default)) : r.SignAsync(default)).WaitAsync(Limit);
        if (afterSigning is not null)
        {
            Assert.All(rounds, r => Assert.NotNull(r.Pending));
            await afterSigning().WaitAsync(Limit);
        }

        await network.AtAsync(times.FetchSignatures, rounds, r => r.FetchMissingSignaturesAsync(default)).WaitAsync(Limit);
        network.Clock.AdvanceTo(First);
        await Task.WhenAll(members.Zip(rounds, (m, r) => Assert.ThrowsAsync<TorException>(() => m.Authority.PublishAsync(r, default)))).WaitAsync(Limit);
        return rounds;
    }
}
