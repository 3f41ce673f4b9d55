using OnionHost.Network.Congestion;

namespace OnionHost.Network.Tests.Congestion;

/// <summary>What congestion control is for: it fills the path, builds no long queue, shares, and follows when the path changes.</summary>
public sealed class SimulatedPathTests
{
    [Theory]
    [InlineData(500, 50)]
    [InlineData(2000, 100)]
    [InlineData(2000, 300)]
    [InlineData(20_000, 20)]
    [InlineData(10_000, 200)]
    public void One_sender_fills_the_path_and_builds_no_long_queue(int cellsPerSecond, int roundTripMilliseconds)
    {
        var path = new SimulatedPath(cellsPerSecond, TimeSpan.FromMilliseconds(roundTripMilliseconds));
        var flow = path.Add();
        path.Run(TimeSpan.FromSeconds(10));
        path.Mark();
        var before = path.Delivered(flow);
        path.Run(TimeSpan.FromSeconds(10));

        Assert.InRange(path.Delivered(flow) - before, 0.95 * 10 * cellsPerSecond, 1.001 * 10 * cellsPerSecond);

        // The queue is meant to hold alpha to beta cells. Windows of fixed size would hold a thousand, whatever the path.
        Assert.InRange(path.LongestQueue, 0, CongestionParameters.Default.Exit.Delta + 31);
        Assert.False(flow.Window.IsSlowStart);
    }

    [Fact]
    public void Two_senders_share_a_path()
    {
        var path = new SimulatedPath(4000, TimeSpan.FromMilliseconds(100));
        var (first, second) = (path.Add(), path.Add());
        path.Run(TimeSpan.FromSeconds(20));
        var (a, b) = (path.Delivered(first), path.Delivered(second));
        path.Run(TimeSpan.FromSeconds(20));
        (a, b) = (path.Delivered(first) - a, path.Delivered(second) - b);

        Assert.InRange(a + b, 0.95 * 20 * 4000, 1.001 * 20 * 4000);
        Assert.InRange((double)a / b, 0.5, 2);
        Assert.InRange(path.Queued, 0, 2 * CongestionParameters.Default.Exit.Delta);
    }

    [Fact]
    public void A_path_that_gets_slower_is_not_flooded_and_one_that_gets_faster_is_used()
    {
        var path = new SimulatedPath(8000, TimeSpan.FromMilliseconds(100));
        var flow = path.Add();
        path.Run(TimeSpan.FromSeconds(10));

        path.CellsPerSecond = 2000;
        path.Run(TimeSpan.FromSeconds(30));
        path.Mark();
        path.Run(TimeSpan.FromSeconds(5));
        Assert.InRange(path.LongestQueue, 0, CongestionParameters.Default.Exit.Delta + 31);

        path.CellsPerSecond = 4000;
        path.Run(TimeSpan.FromSeconds(60));
        var before = path.Delivered(flow);
        path.Run(TimeSpan.FromSeconds(10));
        Assert.True(path.Delivered(flow) - before > 0.9 * 10 * 4000, $"{path.Delivered(flow) - before} of 40000 cells, window {flow.Window.Cells}");
    }

    [Fact]
    public void A_sender_that_starts_reaches_the_paths_rate_within_a_second()
    {
        var path = new SimulatedPath(5000, TimeSpan.FromMilliseconds(60));
        var flow = path.Add();
        path.Run(TimeSpan.FromSeconds(1));
        var before = path.Delivered(flow);
        path.Run(TimeSpan.FromSeconds(1));
        Assert.True(path.Delivered(flow) - before > 4700);
    }
}
