using FsCheck;
using FsCheck.Fluent;
using OnionHost.Network.Directory.Bootstrap;
using OnionHost.Protocol.Cryptography;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests.Directory;

public sealed class ConsensusScheduleTests
{
    [Theory]
    [InlineData(10)]
    [InlineData(300)]
    [InlineData(3600)]
    public void Clients_come_late_and_caches_early(int seconds)
    {
        var interval = TimeSpan.FromSeconds(seconds);
        var clock = new ManualTimeProvider();
        var consensus = new SmallNetwork(clock).MakeConsensus(clock.GetUtcNow(), [], interval);
        var spread = new HashSet<DateTimeOffset>();
        for (var i = 0; i < 200; i++)
        {
            var client = ConsensusSchedule.Renewal(consensus, isCache: false, SystemRandomSource.Instance);
            Assert.InRange(client, consensus.FreshUntil + (interval * 0.75), consensus.ValidUntil - (interval * 0.15));
            var cache = ConsensusSchedule.Renewal(consensus, isCache: true, SystemRandomSource.Instance);
            Assert.InRange(cache, consensus.FreshUntil + TimeSpan.FromSeconds(0.6), consensus.FreshUntil + (interval / 8));
            Assert.True(cache <= consensus.FreshUntil + TimeSpan.FromMinutes(4));
            spread.Add(client);
        }

        Assert.True(spread.Count > 100);
    }

    [Fact]
    public void Retries_back_off_within_bounds() =>
        Prop.ForAll<int>(number =>
        {
            var failures = Math.Abs(number % 1000);
            var without = ConsensusSchedule.Retry(null, failures, SystemRandomSource.Instance);
            return without >= TimeSpan.FromSeconds(0.18) && without <= TimeSpan.FromSeconds(failures <= 20 ? 12.5 : 75);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Retries_fit_short_intervals()
    {
        var clock = new ManualTimeProvider();
        var consensus = new SmallNetwork(clock).MakeConsensus(clock.GetUtcNow(), [], TimeSpan.FromSeconds(10));
        Assert.True(ConsensusSchedule.Retry(consensus, 50, SystemRandomSource.Instance) < TimeSpan.FromSeconds(4));
    }
}
