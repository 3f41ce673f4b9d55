using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Directory.Voting;

namespace OnionHost.Protocol.Tests.Directory.Voting;

public sealed class VoteTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 6, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Reads_a_stock_vote()
    {
        var vote = StockRounds.Votes()[0];

        Assert.Equal("3471E692F8B9BE5EBB69F1ED65BCC9A702B920D1", vote.Digest.ToString());
        Assert.Equal("E618F75E2683DE3E603DE5CE496FF424DDC6650D", vote.Voter.ToString());
        Assert.Equal("contact auth1@example.org", "contact " + vote.Content.Source.Contact);
        Assert.Equal(3, vote.Content.SharedRandomCommits.Length);
        Assert.All(vote.Content.SharedRandomCommits, c => Assert.True(c.IsOpened));
        Assert.Equal(8, vote.Content.Relays.Length);
        var relay = vote.Content.Relays.Single(r => r.Nickname.ToString() == "r4");
        Assert.Equal(4037u, relay.Measured);
        Assert.Equal(2, relay.Microdescriptors.Length);
        Assert.Equal([32, 33, 34], relay.Microdescriptors[0].Methods.ToArray());
        Assert.NotNull(relay.Ed25519);
    }

    [Fact]
    public void A_signed_vote_says_what_was_put_in()
    {
        using var identity = RsaKeyPair.Generate(2048);
        using var signing = RsaKeyPair.Generate(2048);
        var stock = StockRounds.Votes()[1].Content;
        var certificate = AuthorityCertificate.Create(identity, signing, Now, Now.AddDays(90));
        var content = stock with { Certificate = certificate, Source = stock.Source with { Identity = certificate.Identity } };

        var vote = VoteWriter.Sign(content, signing);

        Assert.Equal(vote.Digest, Vote.Parse(vote.Document).Digest);
        Assert.Equal(content.Parameters.ToString(), vote.Content.Parameters.ToString());
        Assert.Equal(content.KnownFlags.ToArray(), vote.Content.KnownFlags.ToArray());
        Assert.Equal(content.FlagThresholds, vote.Content.FlagThresholds);
        Assert.Equal(content.SharedRandomCommits.ToArray(), vote.Content.SharedRandomCommits.ToArray());
        Assert.Equal(content.Source, vote.Content.Source);
        Assert.Equal(content.ValidAfter, vote.Content.ValidAfter);
        Assert.Equal(content.RequiredRelayProtocols, vote.Content.RequiredRelayProtocols);
        Assert.Equal(LinesOfRelays(stock), LinesOfRelays(vote.Content));
    }

    [Fact]
    public void A_changed_vote_is_refused()
    {
        var text = StockRounds.VoteText("", 1);

        Assert.Throws<ProtocolException>(() => Vote.Parse(text.Replace("Measured=4037", "Measured=4038", StringComparison.Ordinal)));
        Assert.Throws<ProtocolException>(() => Vote.Parse(text.Replace("contact auth1", "contact auth9", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("known-flags Authority Exit", "known-flags Exit Authority")]
    [InlineData("params AuthDirMaxServersPerAddr=0 aa_test=10", "params aa_test=10 AuthDirMaxServersPerAddr=0")]
    [InlineData("s Exit Fast Guard", "s Exit Fast Guard Unheard")]
    [InlineData("voting-delay 4 4", "voting-delay 1 4")]
    [InlineData("fresh-until 2026-11-22 06:29:00", "fresh-until 2026-11-22 06:28:00")]
    [InlineData("vote-status vote", "vote-status consensus")]
    [InlineData("published 2026-11-22 06:28:32\n", "")]
    [InlineData("pr Conflux", "xx Conflux")]
    [InlineData("705MsLkkZZ8CUjPHqGjwK5X2k2Eh9F2sALlu9T3hIWE", "qeKHHc6pP3Oz9WrrtyK5YaCTVSRJXS0QUkigVbEsLrE")]
    [InlineData("r r2 G0ykDILYDqgre9gOcb6GWaMbCXU", "r r2 W0ykDILYDqgre9gOcb6GWaMbCXU")]
    public void A_vote_that_breaks_a_rule_is_refused(string old, string with)
    {
        var text = StockRounds.VoteText("", 1);
        Assert.Contains(old, text, StringComparison.Ordinal);

        var fault = Assert.Throws<ProtocolException>(() => Vote.Parse(text.Replace(old, with, StringComparison.Ordinal)));

        Assert.DoesNotContain("signature is wrong", fault.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> LinesOfRelays(VoteContent content) =>
        content.Relays.Select(r => $"{r with { Flags = [], Microdescriptors = [] }} {string.Join(' ', r.Flags)} "
            + string.Join(' ', r.Microdescriptors.Select(m => $"{string.Join(',', m.Methods)} {m.Digest}")));
}
