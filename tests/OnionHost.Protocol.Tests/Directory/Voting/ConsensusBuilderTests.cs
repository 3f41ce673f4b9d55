using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Protocol.Directory.Voting;
using OnionHost.Tests.Shared;

namespace OnionHost.Protocol.Tests.Directory.Voting;

public sealed class ConsensusBuilderTests
{
    [Theory]
    [InlineData("", "fixtures/consensus-ns.txt", ConsensusFlavor.Ns)]
    [InlineData("", "fixtures/consensus-microdesc.txt", ConsensusFlavor.Microdesc)]
    [InlineData("srv/round23-", "fixtures/srv/round23-consensus-ns.txt", ConsensusFlavor.Ns)]
    [InlineData("srv/round0-", "fixtures/srv/round0-consensus-ns.txt", ConsensusFlavor.Ns)]
    public void Equals_the_stock_consensus_byte_for_byte(string votes, string consensus, ConsensusFlavor flavor)
    {
        var text = ConsensusBuilder.Build(StockRounds.Votes(votes), StockRounds.Authorities, flavor);

        Assert.Equal(StockRounds.Unsigned(Vectors.Text(consensus)), text);
    }

    [Fact]
    public void The_order_of_the_votes_does_not_matter()
    {
        var votes = StockRounds.Votes();

        Assert.Equal(
            ConsensusBuilder.Build(votes, 3, ConsensusFlavor.Ns),
            ConsensusBuilder.Build(votes.Reverse().ToArray(), 3, ConsensusFlavor.Ns));
    }

    [Fact]
    public void A_fresh_shared_random_value_needs_more_agreement()
    {
        var votes = StockRounds.Votes("srv/round0-");

        Assert.Contains("shared-rand-current-value", ConsensusBuilder.Build(votes, 3, ConsensusFlavor.Ns, sharedRandomIsFresh: true), StringComparison.Ordinal);
        Assert.DoesNotContain("shared-rand-current-value", ConsensusBuilder.Build(votes, 6, ConsensusFlavor.Ns), StringComparison.Ordinal);
    }

    [Fact]
    public void A_relay_that_too_few_list_is_left_out() =>
        Assert.DoesNotContain("\nr ", ConsensusBuilder.Build(StockRounds.Votes(), 7, ConsensusFlavor.Ns), StringComparison.Ordinal);

    [Fact]
    public void Refuses_no_votes_and_two_of_one_authority()
    {
        var vote = StockRounds.Votes()[0];

        Assert.Throws<ArgumentException>(() => ConsensusBuilder.Build([], 3, ConsensusFlavor.Ns));
        Assert.Throws<ArgumentException>(() => ConsensusBuilder.Build([vote, vote], 3, ConsensusFlavor.Ns));
    }

    [Theory]
    [InlineData(35, new[] { 32, 33, 34, 35 }, new[] { 32, 33, 34, 35 }, new[] { 33, 34, 35, 36 })]
    [InlineData(34, new[] { 32, 33, 34 }, new[] { 32, 33, 34, 35 }, new[] { 33, 34, 35, 36 })]
    [InlineData(32, new[] { 30 }, new[] { 31 }, new[] { 36 })]
    public void Chooses_the_highest_method_of_enough_votes(int expected, int[] first, int[] second, int[] third) =>
        Assert.Equal(expected, ConsensusMethods.Choose([first, second, third]));

    [Fact]
    public void Combines_parameters_of_enough_votes_by_low_median()
    {
        var votes = new[] { "a=10 c=1 z=1", "b=3 c=2 z=5", "a=-20 z=3", "c=9" }.Select(p => NetworkParameters.Parse(p.Split(' ')));

        Assert.Equal("c=2 z=3", ParameterVote.Combine(votes, 4).ToString());
        Assert.Equal("c=2 z=3", ParameterVote.Combine(votes, 9).ToString());
    }

    [Theory]
    [InlineData(new[] { 1 }, 1)]
    [InlineData(new[] { 2, 1 }, 1)]
    [InlineData(new[] { 3, 1, 2 }, 2)]
    [InlineData(new[] { 4, 3, 1, 2 }, 2)]
    public void The_median_is_the_lower_one(int[] values, int expected) => Assert.Equal(expected, LowMedian.Of(values));

    [Fact]
    public void Versions_are_ordered_by_number_then_tag()
    {
        string[] ordered = ["0.4.8.2", "Tor 0.4.8.10-alpha", "Tor 0.4.8.10-rc", "0.4.9.1", "0.4.10.1", "aardvark", "zebra"];

        Assert.Equal(ordered, ordered.Reverse().Order(TorVersionOrder.Instance));
    }
}
