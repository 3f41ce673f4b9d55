using OnionHost.Network.Links.Traffic;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests.Links.Traffic;

public sealed class TokenBucketTests
{
    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public void Tokens_come_back_at_the_rate_up_to_the_burst()
    {
        var bucket = new TokenBucket(_clock, rate: 100, burst: 250);
        Assert.Equal(250, bucket.Available);
        bucket.Spend(300);
        Assert.Equal(-50, bucket.Available);
        Assert.False(bucket.TrySpend());
        Assert.Equal(TimeSpan.FromSeconds(1), bucket.Until(50));

        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(50, bucket.Available);
        Assert.True(bucket.TrySpend());
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(250, bucket.Available);
        Assert.True(bucket.IsFull);
        Assert.Equal(TimeSpan.Zero, bucket.Until(1000));
    }

    [Fact]
    public async Task A_pace_gives_shares_of_the_nodes_tokens_and_waits_when_none_are_left()
    {
        var node = new TokenBucket(_clock, 100_000, 100_000);
        var pace = new ReadPace(_clock, node, new TokenBucket(_clock, 1_000_000, 1_000_000));
        Assert.Equal(12_500, await pace.AllowAsync(32_768, default));
        Assert.Equal(300, await pace.AllowAsync(300, default));
        pace.Spend(120_000);

        var waiting = pace.AllowAsync(32_768, default).AsTask();
        Assert.False(waiting.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(200));
        Assert.False(waiting.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(100));
        Assert.InRange(await waiting.WaitAsync(Timeouts.Step), 1, 32_768);
    }

    [Fact]
    public async Task A_pace_ends_its_wait_when_the_reader_closes()
    {
        var own = new TokenBucket(_clock, 1, 1);
        own.Spend(1000);
        var pace = new ReadPace(_clock, node: null, own);
        using var closing = new CancellationTokenSource();
        var waiting = pace.AllowAsync(1, closing.Token).AsTask();
        await closing.CancelAsync();
        Assert.Equal(0, await waiting.WaitAsync(Timeouts.Step));
    }

    [Theory]
    [InlineData(1000, 100_000, "BandwidthRate")]
    [InlineData(100_000, 99_999, "BandwidthBurst")]
    public void Bandwidth_that_cannot_work_is_named(long rate, long burst, string option)
    {
        Assert.StartsWith(option, new Bandwidth(rate, burst).Fault("BandwidthRate", "BandwidthBurst"), StringComparison.Ordinal);
        Assert.Null(new Bandwidth(100_000, 100_000).Fault("BandwidthRate", "BandwidthBurst"));
    }
}
