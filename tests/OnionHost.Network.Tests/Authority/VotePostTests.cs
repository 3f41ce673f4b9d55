using System.Net;
using OnionHost.Network.Authority;
using OnionHost.Network.Directory;
using OnionHost.Protocol.Directory.Voting;

namespace OnionHost.Network.Tests.Authority;

public sealed class VotePostTests
{
    private static readonly DateTimeOffset ValidAfter = AuthorityFixture.Start + (2 * AuthorityFixture.Interval);

    [Fact]
    public async Task A_posted_vote_is_stored_and_served()
    {
        await using var network = AuthorityFixture.Create(3);
        var vote = await VoteOfAsync(network, 0);
        network.Members[1].Authority.BeginRound(ValidAfter);

        Assert.Equal("Vote stored", (await PostVoteAsync(network, 1, vote)).Reason);
        Assert.Equal(200, (await PostVoteAsync(network, 1, vote)).Status);
        foreach (var name in new[] { vote.Voter.ToString(), $"d/{vote.Digest}" })
        {
            var served = await GetAsync(network, 1, "/tor/status-vote/next/" + name);
            Assert.Equal(vote.Digest, Vote.Parse(served.Body).Digest);
        }

        Assert.Equal(404, (await GetAsync(network, 1, "/tor/status-vote/next/authority")).Status);
        Assert.Equal(404, (await GetAsync(network, 1, "/tor/status-vote/next/consensus")).Status);
        Assert.Equal(404, (await GetAsync(network, 1, "/tor/status-vote/current/authority")).Status);
    }

    [Fact]
    public async Task A_late_vote_is_refused()
    {
        await using var network = AuthorityFixture.Create(3);
        var times = network.Members[1].Authority.Schedule.Times(ValidAfter);
        var vote = await VoteOfAsync(network, 0);
        network.Members[1].Authority.BeginRound(ValidAfter, times.FetchVotes);
        network.Clock.AdvanceTo(times.FetchVotes.AddSeconds(1));

        var reply = await PostVoteAsync(network, 1, vote);

        Assert.Equal((400, "Posted vote received too late, would be dangerous to count it"), (reply.Status, reply.Reason));
    }

    [Fact]
    public async Task A_vote_for_another_time_is_refused()
    {
        await using var network = AuthorityFixture.Create(3);
        var vote = await VoteOfAsync(network, 0);
        network.Members[1].Authority.BeginRound(ValidAfter + AuthorityFixture.Interval);

        Assert.Equal((400, "Bad valid-after time"), Of(await PostVoteAsync(network, 1, vote)));
    }

    [Fact]
    public async Task A_vote_of_a_stranger_is_refused()
    {
        await using var network = AuthorityFixture.Create(2);
        await using var foreign = AuthorityFixture.Create(1, firstKey: 4);
        var vote = await VoteOfAsync(foreign, 0);
        network.Members[1].Authority.BeginRound(ValidAfter);

        Assert.Equal((400, "Vote not from a recognized v3 authority"), Of(await PostVoteAsync(network, 1, vote)));
    }

    [Fact]
    public async Task What_is_no_vote_is_refused()
    {
        await using var network = AuthorityFixture.Create(1);
        network.Members[0].Authority.BeginRound(ValidAfter);
        var peer = network.Members[0].Peer(network.Context);

        Assert.Equal(400, (await peer.PostAsync("/tor/post/vote", "network-status-version 3\n"u8.ToArray(), default)).Status);
        Assert.Equal(400, (await peer.PostAsync("/tor/post/consensus-signature", "nothing\n"u8.ToArray(), default)).Status);
        Assert.Equal(400, (await peer.PostAsync("/tor/", "router nobody\n"u8.ToArray(), default)).Status);
        Assert.Equal(404, (await peer.PostAsync("/tor/post/nothing", "x"u8.ToArray(), default)).Status);
    }

    [Fact]
    public async Task Signatures_under_another_consensus_are_refused()
    {
        await using var network = AuthorityFixture.Create(3);
        await using var foreign = AuthorityFixture.Create(1, firstKey: 4);
        using var relay = new PaperRelay("relay", 1);
        await network.OfferAsync(relay);
        await foreign.OfferAsync(relay);
        await network.RoundAsync(ValidAfter);
        await foreign.RoundAsync(ValidAfter);
        var signatures = foreign.Members[0].Authority.Last!.Pending!.Detached();

        var reply = await network.Members[0].Peer(network.Context).PostAsync(
            "/tor/post/consensus-signature", System.Text.Encoding.UTF8.GetBytes(signatures.ToString()), default);

        Assert.Equal((400, "Mismatched digest."), Of(reply));
    }

    [Fact]
    public async Task Forged_and_foreign_signatures_do_not_count()
    {
        await using var network = AuthorityFixture.Create(4);
        using var relay = new PaperRelay("relay", 1);
        await network.OfferAsync(relay);
        await network.RoundAsync(ValidAfter, 0, 1, 2);
        var pending = network.Members[0].Authority.Last!.Pending!;
        var good = pending.Detached();
        var forged = good.Signatures.Select(s => s with { Identity = network.Members[3].Keys.Identity }).ToArray();

        pending.Add(good with { Signatures = [.. forged], MicrodescSignatures = [.. forged] });

        Assert.Equal(3, pending.Signers.Length);
    }

    [Fact]
    public async Task After_the_round_votes_and_signatures_are_served()
    {
        await using var network = AuthorityFixture.Create(3);
        using var relay = new PaperRelay("relay", 1);
        await network.OfferAsync(relay);
        var rounds = await network.RoundAsync(ValidAfter);

        Assert.Equal(rounds[2].Own!.Digest, Vote.Parse((await GetAsync(network, 2, "/tor/status-vote/current/authority")).Body).Digest);
        Assert.Equal(rounds[0].Own!.Digest, Vote.Parse((await GetAsync(network, 2, $"/tor/status-vote/current/d/{rounds[0].Own!.Digest}")).Body).Digest);
        Assert.Equal(3, DetachedSignatures.Parse((await GetAsync(network, 2, "/tor/status-vote/next/consensus-signatures")).Body).Signatures.Length);
        var served = await GetAsync(network, 2, "/tor/status-vote/current/consensus-microdesc");
        Assert.Equal(network.Members[0].Consensus.Sha256, Protocol.Directory.Consensuses.Consensus.Parse(served.Body).Sha256);
        Assert.Equal(200, (await GetAsync(network, 1, "/tor/keys/all")).Status);
    }

    private static (int Status, string Reason) Of(DirectoryResponse response) => (response.Status, response.Reason);

    private static async Task<Vote> VoteOfAsync(AuthorityFixture network, int index)
    {
        var round = network.Members[index].Authority.BeginRound(ValidAfter);
        await round.PublishVoteAsync(default);
        return round.Own!;
    }

    private static Task<DirectoryResponse> PostVoteAsync(AuthorityFixture network, int index, Vote vote) =>
        network.Members[index].Peer(network.Context).PostAsync("/tor/post/vote", vote.Document, default);

    private static Task<DirectoryResponse> GetAsync(AuthorityFixture network, int index, string path) =>
        network.Members[index].Peer(network.Context).GetAsync(path, default);
}
