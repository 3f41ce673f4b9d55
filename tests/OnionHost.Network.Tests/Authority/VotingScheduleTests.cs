using OnionHost.Network.Authority;

namespace OnionHost.Network.Tests.Authority;

public sealed class VotingScheduleTests
{
    private static readonly DateTimeOffset Midnight = AuthorityFixture.Start;

    [Fact]
    public void The_steps_of_the_public_network()
    {
        var schedule = new VotingSchedule(TimeSpan.FromHours(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5));
        var times = schedule.NextToVote(Midnight.AddMinutes(20));

        Assert.Equal(Midnight.AddMinutes(60), times.ValidAfter);
        Assert.Equal(Midnight.AddMinutes(50), times.Vote);
        Assert.Equal(Midnight.AddMinutes(52.5), times.FetchVotes);
        Assert.Equal(Midnight.AddMinutes(55), times.Sign);
        Assert.Equal(Midnight.AddMinutes(57.5), times.FetchSignatures);
        Assert.Equal(Midnight.AddHours(2), schedule.NextToVote(Midnight.AddMinutes(51)).ValidAfter);
        Assert.Equal(Midnight.AddHours(1), schedule.NextToVote(Midnight.AddMinutes(50)).ValidAfter);
    }

    [Theory]
    [InlineData(10, 4, 4, 2)]
    [InlineData(20, 4, 4, 4)]
    [InlineData(20, 8, 8, 5)]
    [InlineData(300, 20, 20, 20)]
    public void Delays_leave_half_of_the_interval(int interval, int vote, int distribution, int expected)
    {
        var schedule = new VotingSchedule(TimeSpan.FromSeconds(interval), TimeSpan.FromSeconds(vote), TimeSpan.FromSeconds(distribution));

        Assert.Equal(TimeSpan.FromSeconds(expected), schedule.VoteDelay);
        Assert.Equal(TimeSpan.FromSeconds(expected), schedule.DistributionDelay);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(20)]
    [InlineData(3600)]
    [InlineData(7 * 3600)]
    [InlineData(50_000)]
    [InlineData(86_400)]
    public void Each_day_begins_anew_at_midnight(int seconds)
    {
        var schedule = new VotingSchedule(TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2));
        for (var time = Midnight; time < Midnight.AddDays(1); time = schedule.Next(time))
        {
            Assert.Equal(0, (time - Midnight).TotalSeconds % seconds);
            Assert.Equal(time, schedule.Current(time));
            Assert.Equal(schedule.Next(time), schedule.Next(time.AddSeconds(1)));
            Assert.True(schedule.Next(time) - time >= TimeSpan.FromSeconds(seconds) / 2);
            Assert.True(schedule.Next(time) <= Midnight.AddDays(1));
        }
    }

    [Theory]
    [InlineData(9)]
    [InlineData(86_401)]
    public void Other_intervals_are_refused(int seconds) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new VotingSchedule(TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2)));
}
