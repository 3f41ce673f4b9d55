using OnionHost.Network.Authority;

namespace OnionHost.Network.Tests.Authority;

/// <summary>Authorities notice while they run that their clock is off, from the dates of the others' answers.</summary>
public sealed class AuthorityClockTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(10, "10 seconds ahead of")]
    [InlineData(-600, "10 minutes behind")]
    public async Task One_whose_clock_is_off_is_warned_once_a_period_until_it_is_right(int seconds, string words)
    {
        await using var network = AuthorityFixture.Create(4);
        var (member, machine) = (network.Members[0], network.Members[0].Machine);
        using var done = new SemaphoreSlim(0);
        member.Authority.StepDone += _ => done.Release();
        network.Clock.Advance(TimeSpan.FromHours(1));
        machine.Clock.Offset = TimeSpan.FromSeconds(seconds);
        member.Authority.Start();

        var validAfter = member.Authority.Schedule.NextToVote(machine.Clock.GetUtcNow()).ValidAfter;
        for (var period = 1; period <= 2; period++)
        {
            await HoldAsync(network, done, validAfter);
            var warnings = machine.Warnings.All.Where(w => w.Contains("This machine's clock", StringComparison.Ordinal)).ToList();
            Assert.Equal(period, warnings.Count);
            Assert.Contains($"{words} the clocks of 3 of the 3 other authorities", warnings[0], StringComparison.Ordinal);
            validAfter += AuthorityFixture.Interval;
        }
    }

    [Fact]
    public async Task One_clock_that_is_off_is_no_reason_to_doubt_ones_own()
    {
        await using var network = AuthorityFixture.Create(4);
        network.Members[3].Machine.Clock.Offset = TimeSpan.FromMinutes(5);
        var round = network.Members[0].Authority.BeginRound(AuthorityFixture.Start + (2 * AuthorityFixture.Interval));
        await round.PublishVoteAsync(default).WaitAsync(Limit);

        Assert.Equal(TimeSpan.Zero, network.Members[0].Authority.Peers.All[0].ClockAhead);
        Assert.InRange(network.Members[0].Authority.Peers.All[2].ClockAhead!.Value, TimeSpan.FromSeconds(-300), TimeSpan.FromSeconds(-299));
        Assert.False(network.Members[0].Authority.Peers.JudgeClock());
    }

    [Fact]
    public async Task A_clock_that_is_set_back_within_a_round_does_not_stop_the_rounds()
    {
        await using var network = AuthorityFixture.Create(1);
        var (authority, clock) = (network.Members[0].Authority, network.Members[0].Machine.Clock);
        using var done = new SemaphoreSlim(0);
        authority.StepDone += _ =>
        {
            clock.Offset = TimeSpan.Zero;
            done.Release();
        };
        clock.Offset = TimeSpan.FromDays(2);
        authority.Start();
        network.Clock.AdvanceTo(authority.Schedule.NextToVote(clock.GetUtcNow()).Vote - clock.Offset);
        Assert.True(await done.WaitAsync(Limit));

        await HoldAsync(network, done, authority.Schedule.NextToVote(network.Clock.GetUtcNow()).ValidAfter);
    }

    [Fact]
    public void The_side_that_more_are_on_counts()
    {
        TimeSpan[] said = [TimeSpan.FromSeconds(-9), TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(200), TimeSpan.FromSeconds(1)];

        Assert.Equal(new ClockOffset(TimeSpan.FromSeconds(8), 3), ClockOffset.Of(said, TimeSpan.FromSeconds(3)));
        Assert.Equal(default, ClockOffset.Of(said, TimeSpan.FromHours(1)));
    }

    private static async Task HoldAsync(AuthorityFixture network, SemaphoreSlim done, DateTimeOffset validAfter)
    {
        var times = network.Members[0].Authority.Schedule.Times(validAfter);
        var offset = network.Members[0].Machine.Clock.Offset;
        foreach (var time in new[] { times.Vote, times.FetchVotes, times.CompareVotes, times.Sign, times.FetchSignatures, validAfter })
        {
            network.Clock.AdvanceTo(time - offset);
            Assert.True(await done.WaitAsync(Limit), $"The round stands still at {time:T}.");
        }
    }
}
