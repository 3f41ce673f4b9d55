using System.Globalization;
using System.Net.Sockets;
using OnionHost.Network.Authority;
using OnionHost.Protocol;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Directory.SharedRandom;
using OnionHost.Protocol.Directory.Voting;

namespace OnionHost.Network.Tests.Authority;

public sealed class AgreementTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static DateTimeOffset Round(int number) => AuthorityFixture.Start + (number * AuthorityFixture.Interval);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task All_authorities_compute_the_same_and_all_sign(int count)
    {
        await using var network = AuthorityFixture.Create(count);
        using PaperRelay first = new("first", 1), second = new("second", 2);
        await network.OfferAsync(first, second);

        await network.RoundAsync(Round(2)).WaitAsync(Limit);

        var certificates = network.Members.Select(m => m.Keys.Certificate).ToList();
        foreach (var member in network.Members)
        {
            Assert.Equal(network.Members[0].Consensus.Sha256, member.Consensus.Sha256);
            Assert.Equal(network.Members[0].Store.Consensus(ConsensusFlavor.Ns)!.Sha1, member.Store.Consensus(ConsensusFlavor.Ns)!.Sha1);
            Assert.Equal(count, ConsensusVerifier.CountGood(member.Consensus, certificates));
            Assert.Equal(count, ConsensusVerifier.CountGood(member.Store.Consensus(ConsensusFlavor.Ns)!, certificates));
            Assert.Equal(count, member.Store.Certificates.Count);
        }

        var consensus = network.Members[0].Consensus;
        Assert.Equal(Round(2), consensus.ValidAfter);
        Assert.Equal(Round(3), consensus.FreshUntil);
        Assert.Equal(Round(5), consensus.ValidUntil);
        Assert.Equal(2, consensus.Relays.Count);
        Assert.All(consensus.Relays, r => Assert.True(r.Flags.HasFlag(RelayFlags.Guard | RelayFlags.Exit | RelayFlags.HSDir | RelayFlags.Stable | RelayFlags.Fast)));
        Assert.All(consensus.Relays, r => Assert.NotNull(network.Members[0].Store.Microdescriptor(r.MicrodescriptorDigest!.Value)));
        Assert.NotNull(consensus.BandwidthWeights);
    }

    [Fact]
    public async Task A_relay_joins_and_another_leaves()
    {
        await using var network = AuthorityFixture.Create(3, change: o => o with { Reachability = o.Reachability with { ValidFor = TimeSpan.FromSeconds(15) } });
        using PaperRelay stays = new("stays", 1), leaves = new("leaves", 2), joins = new("joins", 3);
        network.Clock.AdvanceTo(Round(1));
        await network.OfferAsync(stays, leaves);
        await network.RoundAsync(Round(2)).WaitAsync(Limit);
        Assert.Equal(2, network.Members[0].Consensus.Relays.Count);

        network.Tester.Down[leaves.Fingerprint] = true;
        network.Clock.AdvanceTo(Round(2).AddSeconds(8));
        await network.OfferAsync(joins);
        await Task.WhenAll(network.Members.Select(m => m.Authority.TestAllAsync(default)));
        await network.RoundAsync(Round(3)).WaitAsync(Limit);

        Assert.Equal(["joins", "stays"], network.Members[2].Consensus.Relays.Select(r => r.Nickname.ToString()).Order());
    }

    [Fact]
    public async Task A_descriptor_that_reached_one_authority_only_reaches_all()
    {
        await using var network = AuthorityFixture.Create(3);
        using PaperRelay known = new("known", 1), hidden = new("hidden", 2);
        await network.OfferAsync(known);
        await network.Members[0].Authority.OfferAndTestAsync(hidden.Describe(network.Context.Now), default);

        await network.RoundAsync(Round(2)).WaitAsync(Limit);
        Assert.Single(network.Members[0].Consensus.Relays);
        await Task.WhenAll(network.Members.Select(m => m.Authority.TestAllAsync(default)));
        await network.RoundAsync(Round(3)).WaitAsync(Limit);

        Assert.Equal(2, network.Members[0].Consensus.Relays.Count);
    }

    [Fact]
    public async Task The_others_go_on_without_one()
    {
        await using var network = AuthorityFixture.Create(4);
        using var relay = new PaperRelay("relay", 1);
        await network.OfferAsync(relay);
        await network.TakeDownAsync(3);

        await network.RoundAsync(Round(2), 0, 1, 2).WaitAsync(Limit);

        Assert.Equal(3, ConsensusVerifier.CountGood(network.Members[0].Consensus, network.Members.Select(m => m.Keys.Certificate)));
        Assert.Equal(network.Members[0].Consensus.Sha256, network.Members[2].Consensus.Sha256);
        Assert.Equal(3, network.Members[0].Consensus.Authorities.Count);
    }

    [Fact]
    public async Task Half_of_the_authorities_agree_on_nothing()
    {
        await using var network = AuthorityFixture.Create(4);
        using var relay = new PaperRelay("relay", 1);
        await network.OfferAsync(relay);

        var fault = await Assert.ThrowsAsync<TorException>(() => network.RoundAsync(Round(2), 0, 1).WaitAsync(Limit));

        Assert.True(fault.IsTransient);
        Assert.Null(network.Members[0].Store.Consensus(ConsensusFlavor.Microdesc));
    }

    [Fact]
    public async Task Without_running_relays_there_is_no_consensus()
    {
        await using var network = AuthorityFixture.Create(3);

        await Assert.ThrowsAsync<TorException>(() => network.RoundAsync(Round(2)).WaitAsync(Limit));
    }

    [Fact]
    public async Task A_vote_that_only_one_got_is_fetched_by_the_others()
    {
        await using var network = AuthorityFixture.Create(3);
        using var relay = new PaperRelay("relay", 1);
        await network.OfferAsync(relay);
        var times = network.Members[0].Authority.Schedule.Times(Round(2));
        network.Clock.AdvanceTo(times.Vote);

        // The third is not ready yet when the others post, and they post before it.
        var rounds = network.Members.Take(2).Select(m => m.Authority.BeginRound(Round(2), times.FetchVotes)).ToArray();
        await Task.WhenAll(rounds.Select(r => r.PublishVoteAsync(default)));
        var late = network.Members[2].Authority.BeginRound(Round(2), times.FetchVotes);
        await late.PublishVoteAsync(default);
        Assert.Single(late.Votes);
        Assert.All(rounds, r => Assert.True(r.HasAllVotes));

        await network.RoundAsync(Round(2)).WaitAsync(Limit);

        Assert.Equal(3, network.Members[2].Consensus.Signatures.Count);
    }

    [Fact]
    public async Task After_a_run_of_24_rounds_there_is_a_shared_random_value()
    {
        await using var network = AuthorityFixture.Create(3);
        using var relay = new PaperRelay("relay", 1);
        await network.OfferAsync(relay);
        var offset = 24 - SharedRandomSchedule.RoundInRun(AuthorityFixture.Start, AuthorityFixture.Interval);
        for (var round = 0; round <= 26; round++)
        {
            await network.RoundAsync(Round(offset + round)).WaitAsync(Limit);
        }

        var values = network.Members.Select(m => m.Consensus.SharedRandomCurrentValue).Distinct().ToList();
        Assert.Equal(3, Assert.Single(values)!.Value.Reveals);
        Assert.Null(network.Members[0].Consensus.SharedRandomPrevious);
    }

    [Fact]
    public async Task The_schedule_holds_round_after_round()
    {
        await using var network = AuthorityFixture.Create(3);
        using var relay = new PaperRelay("relay", 1);
        await network.OfferAsync(relay);
        using var done = new SemaphoreSlim(0);
        foreach (var member in network.Members)
        {
            member.Authority.StepDone += _ => done.Release();
            member.Authority.Start();
        }

        var schedule = network.Members[0].Authority.Schedule;
        for (var round = 1; round <= 3; round++)
        {
            var times = schedule.Times(Round(round));
            foreach (var time in new[] { times.Vote, times.FetchVotes, times.CompareVotes, times.Sign, times.FetchSignatures, times.ValidAfter })
            {
                // A loop may not have asked for its timer yet: then it finds that the time has come already.
                network.Clock.AdvanceTo(time);
                for (var i = 0; i < network.Members.Count; i++)
                {
                    Assert.True(await done.WaitAsync(Limit), string.Create(CultureInfo.InvariantCulture, $"round {round} stands still at {time:T}"));
                }
            }

            Assert.All(network.Members, m => Assert.Equal(Round(round), m.Consensus.ValidAfter));
            Assert.All(network.Members, m => Assert.Equal(3, m.Consensus.Signatures.Count));
        }
    }

    [Fact]
    public async Task One_that_never_answers_does_not_hold_up_the_others()
    {
        await using var network = AuthorityFixture.Create(3);
        using var relay = new PaperRelay("relay", 1);
        await network.OfferAsync(relay);
        await network.TakeDownAsync(2);
        using var silent = new TcpListener(network.Members[2].Known.DirPort);
        silent.Start();
        var others = network.Members.Take(2).Select(m => m.Authority).ToList();
        others.ForEach(a => a.Start());

        var times = others[0].Schedule.Times(Round(1));
        network.Clock.AdvanceTo(times.Vote);
        await UntilAsync(() => others.All(a => a.Open.Any(r => r.Votes.Length == 2)));
        network.Clock.AdvanceTo(times.FetchVotes);
        network.Clock.AdvanceTo(times.CompareVotes);
        network.Clock.AdvanceTo(times.Sign);
        await UntilAsync(() => others.All(a => a.Open.Any(r => r.Pending?.Signers.Length == 2)));
        network.Clock.AdvanceTo(Round(1));
        await UntilAsync(() => others.All(a => a.Last?.ValidAfter == Round(1)));
    }

    /// <summary>What real connections carry comes without virtual time passing.</summary>
    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!condition())
        {
            await Task.Delay(5, limit.Token);
        }
    }
}
