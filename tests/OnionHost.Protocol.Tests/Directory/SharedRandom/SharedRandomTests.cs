using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Directory.SharedRandom;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Tests.Directory.Voting;
using OnionHost.Tests.Shared;

namespace OnionHost.Protocol.Tests.Directory.SharedRandom;

public sealed class SharedRandomTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(20);
    private static readonly RelayFingerprint[] Ids = [.. Enumerable.Range(1, 3).Select(i => new RelayFingerprint(Enumerable.Repeat((byte)i, 20).ToArray()))];

    [Fact]
    public void Encodes_commitments_as_stock_does()
    {
        foreach (var vector in Vectors.Load("srv.json").GetProperty("commit").EnumerateArray())
        {
            var time = DateTimeOffset.FromUnixTimeSeconds(vector.GetProperty("timestamp").GetInt64());
            var commit = SharedRandomCommit.FromRandom(Ids[0], time, vector.Hex("raw_random"));

            Assert.Equal(vector.GetProperty("encoded_reveal").GetString(), commit.Reveal);
            Assert.Equal(vector.GetProperty("encoded_commit").GetString(), commit.Commit);
            Assert.Equal(vector.Hex("hashed_reveal"), commit.HashedReveal.ToArray());
            Assert.True(commit.IsOpened);
            Assert.False(commit.Opens(commit.Commit));
        }
    }

    [Fact]
    public void Computes_the_value_that_stock_computed()
    {
        var before = Consensus.Parse(Vectors.Text("fixtures/srv/round23-consensus-ns.txt"));
        var after = Consensus.Parse(Vectors.Text("fixtures/srv/round0-consensus-ns.txt"));
        var vote = StockRounds.Votes("srv/round23-")[0];

        var value = SharedRandomComputation.Compute(vote.Content.SharedRandomCommits, before.SharedRandomCurrentValue);

        Assert.Equal(after.SharedRandomCurrentValue, value);
        Assert.Equal(before.SharedRandomCurrentValue, after.SharedRandomPreviousValue);
    }

    [Fact]
    public void A_run_of_stock_goes_on_from_its_own_state_file()
    {
        var votes = StockRounds.Votes("srv/round23-");
        var ids = votes.Select(v => v.Voter).ToArray();
        var text = SharedRandomStateText.Format(StateOf(votes, ids));
        var state = SharedRandomStateText.Parse(text, ids[0], ids, Interval);

        state.Advance(votes[0].Content.ValidAfter + Interval, SystemRandomSource.Instance);

        Assert.True(state.IsFresh);
        Assert.Equal(Consensus.Parse(Vectors.Text("fixtures/srv/round0-consensus-ns.txt")).SharedRandomCurrentValue, state.Current);
        Assert.Equal(SharedRandomPhase.Commit, state.Phase);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(23)]
    public void Reads_the_state_files_of_stock(int round)
    {
        var votes = StockRounds.Votes($"srv/round{round}-");
        var ids = votes.Select(v => v.Voter).ToArray();
        var state = SharedRandomStateText.Parse(Vectors.Text($"fixtures/srv/round{round}-sr-state-auth1.txt"), ids[0], ids, Interval);

        Assert.Equal(SharedRandomPhase.Commit, state.Phase);
        Assert.NotNull(state.Current);
        Assert.Contains(state.Commits, c => c.Authority == ids[0] && c.IsOpened);
        Assert.Equal(state.Commits.ToArray(), SharedRandomStateText.Parse(SharedRandomStateText.Format(state), ids[0], ids, Interval).Commits.ToArray());
    }

    [Fact]
    public void Three_authorities_reach_the_same_value_after_a_run()
    {
        var start = DateTimeOffset.FromUnixTimeSeconds(Interval.Seconds * 24 * 1000);
        var states = Ids.Select(id => new SharedRandomState(id, Ids, Interval)).ToArray();
        for (var round = 0; round < 24; round++)
        {
            Round(states, start + (round * Interval));
        }

        foreach (var state in states)
        {
            state.Advance(start + (24 * Interval), SystemRandomSource.Instance);
        }

        Assert.All(states, s => Assert.Equal(states[0].Current, s.Current));
        Assert.Equal(3, states[0].Current!.Value.Reveals);
        Assert.All(states, s => Assert.Single(s.Commits));
    }

    [Fact]
    public void A_reveal_shows_only_in_the_reveal_phase()
    {
        var start = DateTimeOffset.FromUnixTimeSeconds(Interval.Seconds * 24 * 1000);
        var state = new SharedRandomState(Ids[0], Ids, Interval);
        state.Advance(start, SystemRandomSource.Instance);
        var commit = Assert.Single(state.CommitsForVote());
        Assert.Null(commit.Reveal);

        state.Advance(start + (12 * Interval), SystemRandomSource.Instance);

        Assert.True(Assert.Single(state.CommitsForVote()).IsOpened);
        Assert.Equal(commit.Commit, state.CommitsForVote()[0].Commit);
    }

    [Fact]
    public void Only_the_first_own_commitment_of_a_known_voter_counts()
    {
        var start = DateTimeOffset.FromUnixTimeSeconds(Interval.Seconds * 24 * 1000);
        var state = new SharedRandomState(Ids[0], Ids[..2], Interval);
        state.Advance(start, SystemRandomSource.Instance);
        var (first, second, foreign) = (Fresh(Ids[1], start), Fresh(Ids[1], start), Fresh(Ids[2], start));

        state.Accept(Ids[1], [first with { Reveal = null }]);
        state.Accept(Ids[1], [second with { Reveal = null }]);
        state.Accept(Ids[2], [foreign with { Reveal = null }]);
        state.Accept(Ids[2], [second with { Reveal = null }]);
        Assert.Equal(first.Commit, state.Commits.Single(c => c.Authority == Ids[1]).Commit);
        Assert.Equal(2, state.Commits.Length);

        state.Advance(start + (12 * Interval), SystemRandomSource.Instance);
        state.Accept(Ids[1], [second]);
        state.Accept(Ids[1], [first with { Reveal = second.Reveal }]);
        Assert.Null(state.Commits.Single(c => c.Authority == Ids[1]).Reveal);
        state.Accept(Ids[1], [first]);
        Assert.Equal(first.Reveal, state.Commits.Single(c => c.Authority == Ids[1]).Reveal);
    }

    [Fact]
    public void A_clock_that_was_set_back_begins_the_run_anew()
    {
        var start = DateTimeOffset.FromUnixTimeSeconds(Interval.Seconds * 24 * 1000);
        var state = new SharedRandomState(Ids[0], Ids, Interval);
        state.Advance(start.AddDays(2), SystemRandomSource.Instance);
        var commit = Assert.Single(state.Commits);

        state.Advance(start, SystemRandomSource.Instance);

        Assert.Equal(start, state.ValidAfter);
        Assert.NotEqual(commit.Commit, Assert.Single(state.Commits).Commit);
    }

    [Fact]
    public void A_missed_run_gives_no_value()
    {
        var start = DateTimeOffset.FromUnixTimeSeconds(Interval.Seconds * 24 * 1000);
        var state = new SharedRandomState(Ids[0], Ids, Interval);
        state.Advance(start + (20 * Interval), SystemRandomSource.Instance);
        Assert.Empty(state.Commits);

        state.Advance(start + (60 * Interval), SystemRandomSource.Instance);

        Assert.Null(state.Current);
        Assert.False(state.IsFresh);
    }

    [Theory]
    [InlineData("1 sha3-256 0101010101010101010101010101010101010101 AAAA")]
    [InlineData("1 sha3-256 01 AAAAAFavXpbkBMzMQG7aNoaGLFNpm2Wkk1ozXhuWWqL//GynltxVAg==")]
    [InlineData("1 sha3-256")]
    public void Malformed_commitments_are_refused(string arguments) =>
        Assert.Throws<ProtocolException>(() => SharedRandomCommit.Parse(arguments.Split(' ')));

    [Fact]
    public void Commitments_of_another_version_are_skipped() =>
        Assert.Null(SharedRandomCommit.Parse("2 sha3-256 0101010101010101010101010101010101010101 AAAA".Split(' ')));

    private static SharedRandomCommit Fresh(RelayFingerprint id, DateTimeOffset time) =>
        SharedRandomCommit.Generate(id, time, SystemRandomSource.Instance);

    private static SharedRandomState StateOf(Protocol.Directory.Voting.Vote[] votes, RelayFingerprint[] ids)
    {
        var state = new SharedRandomState(ids[0], ids, Interval);
        state.Restore(
            votes[0].Content.ValidAfter, votes[0].Content.SharedRandomCommits, votes[0].Content.SharedRandomPrevious, votes[0].Content.SharedRandomCurrent);
        return state;
    }

    private static void Round(SharedRandomState[] states, DateTimeOffset validAfter)
    {
        foreach (var state in states)
        {
            state.Advance(validAfter, SystemRandomSource.Instance);
        }

        foreach (var voter in states.Zip(Ids))
        {
            foreach (var receiver in states)
            {
                receiver.Accept(voter.Second, voter.First.CommitsForVote());
            }
        }
    }
}
