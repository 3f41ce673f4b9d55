using OnionHost.Network.Links.Traffic;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests.Links.Traffic;

public sealed class BandwidthHistoryTests
{
    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public void Ten_seconds_count_and_the_lesser_direction()
    {
        var history = new BandwidthHistory(_clock);
        for (var second = 0; second < 15; second++)
        {
            history.OnRead(1000);
            history.OnWritten(second is >= 3 and < 13 ? 900 : 0);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(900, history.Observed);
    }

    [Fact]
    public void A_burst_is_spread_over_ten_seconds()
    {
        var history = new BandwidthHistory(_clock);
        history.OnRead(50_000);
        history.OnWritten(50_000);
        Assert.Equal(0, history.Observed);
        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(5_000, history.Observed);
    }

    [Fact]
    public void What_was_long_ago_is_forgotten_after_five_days()
    {
        var history = new BandwidthHistory(_clock);
        Carry(history, 80_000);
        _clock.Advance(TimeSpan.FromDays(2));
        Carry(history, 20_000);
        _clock.Advance(TimeSpan.FromDays(2.7));
        Assert.Equal(8_000, history.Observed);
        _clock.Advance(TimeSpan.FromDays(0.6));
        Assert.Equal(2_000, history.Observed);
        _clock.Advance(TimeSpan.FromDays(100));
        Assert.Equal(0, history.Observed);
    }

    private void Carry(BandwidthHistory history, int bytes)
    {
        history.OnRead(bytes);
        history.OnWritten(bytes);
        _clock.Advance(TimeSpan.FromSeconds(10));
    }
}
