using OnionHost.Network.Paths;
using OnionHost.Protocol.Cryptography;

namespace OnionHost.Network.Tests.Paths;

public sealed class BuildTimesTests
{
    [Theory]
    [InlineData(300, 1.5, 0.80, 1)]
    [InlineData(300, 1.5, 0.80, 2)]
    [InlineData(1000, 3.0, 0.80, 3)]
    [InlineData(1000, 3.0, 0.50, 4)]
    [InlineData(2000, 5.0, 0.95, 5)]
    public void The_quantile_of_a_Pareto_curve_is_found_again(int begin, double alpha, double quantile, int seed)
    {
        var random = new SeededRandom(seed);
        var times = new BuildTimes();
        for (var i = 0; i < BuildTimes.Most; i++)
        {
            times.Add(TimeSpan.FromMilliseconds(begin / Math.Pow(1 - random.NextDouble(), 1 / alpha)));
        }

        var expected = begin / Math.Pow(1 - quantile, 1 / alpha);
        var estimate = times.Estimate(quantile, modes: 10, minimum: 100)!.Value.TotalMilliseconds;
        Assert.InRange(estimate / expected, 0.8, 1.25);
    }

    [Fact]
    public void The_order_of_the_times_does_not_matter_and_a_higher_share_needs_more_time()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new SeededRandom(seed);
            var drawn = Enumerable.Range(0, 200).Select(_ => TimeSpan.FromMilliseconds(random.Next(5000))).ToArray();
            var (one, other) = (new BuildTimes(), new BuildTimes());
            Array.ForEach(drawn, one.Add);
            random.Shuffle<TimeSpan>(drawn);
            Array.ForEach(drawn, other.Add);
            var last = TimeSpan.Zero;
            for (var quantile = 0.1; quantile < 1; quantile += 0.1)
            {
                var estimate = one.Estimate(quantile, 10, 100)!.Value;
                Assert.Equal(estimate.TotalMilliseconds, other.Estimate(quantile, 10, 100)!.Value.TotalMilliseconds, 0.01);
                Assert.True(estimate >= last);
                last = estimate;
            }
        }
    }

    [Fact]
    public void Too_few_or_no_complete_circuits_give_no_estimate()
    {
        var times = new BuildTimes();
        Assert.Null(times.Estimate(0.8, 10, 1));
        for (var i = 0; i < 150; i++)
        {
            times.AddAbandoned();
        }

        Assert.Null(times.Estimate(0.8, 10, 100));
        times.Add(TimeSpan.FromSeconds(1));
        Assert.Null(times.Estimate(0.8, 10, 152));
        Assert.NotNull(times.Estimate(0.8, 10, 151));
    }

    [Fact]
    public void Equal_times_are_their_own_estimate()
    {
        var times = new BuildTimes();
        for (var i = 0; i < 100; i++)
        {
            times.Add(TimeSpan.FromMilliseconds(235));
        }

        Assert.Equal(235, times.Estimate(0.8, 10, 100)!.Value.TotalMilliseconds, 0.01);
    }

    [Fact]
    public void The_oldest_make_room()
    {
        var times = new BuildTimes();
        times.Add(TimeSpan.FromHours(9));
        for (var i = 0; i < BuildTimes.Most; i++)
        {
            times.Add(TimeSpan.Zero);
        }

        Assert.Equal(BuildTimes.Most, times.Count);
        Assert.Equal(TimeSpan.FromMilliseconds(1), times.Maximum());
    }
}
