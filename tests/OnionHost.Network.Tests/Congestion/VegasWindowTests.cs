using FsCheck;
using FsCheck.Fluent;
using OnionHost.Network.Congestion;
using OnionHost.Protocol.Directory.Consensuses;

namespace OnionHost.Network.Tests.Congestion;

/// <summary>The window's rules, by examples that were worked out by hand, and by what holds for all.</summary>
public sealed class VegasWindowTests
{
    private static readonly CongestionParameters Usual = CongestionParameters.Default;

    [Fact]
    public void The_defaults_are_those_of_stock_tor()
    {
        Assert.Equal((31, 124, 124, 5000), (Usual.SendmeIncrement, Usual.InitialWindow, Usual.SmallestWindow, Usual.SlowStartMax));
        Assert.Equal(new VegasThresholds(186, 248, 186, 310, 600), Usual.Exit);
        Assert.Equal(new VegasThresholds(186, 372, 248, 434, 475), Usual.Onion);
        Assert.Equal(new VegasThresholds(93, 155, 124, 248, 400), Usual.Short);
        Assert.Equal(new StreamFlowParameters(244_000, 244_000, 249_000, 25, 2), Usual.Streams);
    }

    [Fact]
    public void Parameters_are_brought_into_their_ranges()
    {
        var odd = CongestionParameters.From(NetworkParameters.Parse(
            "cc_alg=3 cc_cwnd_init=5 cc_cwnd_min=99999 cc_sendme_inc=1000 cc_vegas_alpha_exit=-1 cc_vegas_beta_onion=5000 cc_xoff_client=0".Split(' ')))!;
        Assert.Equal((254, 31, 1000, 0, 1000, 488), (odd.SendmeIncrement, odd.InitialWindow, odd.SmallestWindow, odd.Exit.Alpha, odd.Onion.Beta, odd.Streams.ClientLimit));
    }

    [Fact]
    public void Slow_start_grows_by_a_SENDMEs_cells_up_to_its_cap_and_then_less_and_less()
    {
        // A path without a queue: every round trip is the shortest. 124 + 31 n up to the cap of 600 at n = 15 (589), 16 (620);
        // then 31*600/(2*620) = 15, rounded: (18600 + 620) / 1240 = 15; (18600 + 635) / 1270 = 15; (18600 + 650) / 1300 = 14.
        var window = New();
        for (var n = 1; n <= 16; n++)
        {
            Acknowledge(ref window, 50_000);
            Assert.Equal(124 + (31 * n), window.Cells);
        }

        Assert.Equal([635, 650, 664], Enumerable.Range(0, 3).Select(_ => Acknowledge(ref window, 50_000)));
        Assert.True(window.IsSlowStart);
    }

    [Fact]
    public void A_window_that_is_not_used_does_not_grow()
    {
        // Four SENDMEs' worth of cells may be missing from a full window, which is the whole of the first.
        var window = New();
        Acknowledge(ref window, 50_000);
        for (var n = 0; n < 10; n++)
        {
            window.OnSendme(50_000, inFlight: 0, isBlocked: false, queued: 0);
            Assert.Equal(155, window.Cells);
        }
    }

    [Fact]
    public void A_queue_longer_than_gamma_ends_slow_start_at_the_path_and_gamma()
    {
        var window = New();
        for (var n = 0; n < 10; n++)
        {
            Acknowledge(ref window, 50_000);
        }

        // 434 cells. Average of 2: (2*150000 + 50000) / 3 = 116666. The path holds 434 * 50000 / 116666 = 186, so 248 are queued.
        Acknowledge(ref window, 150_000);
        Assert.Equal((186L, 186L + 186, false), (window.PathCells, window.Cells, window.IsSlowStart));
    }

    [Fact]
    public void Our_own_link_being_blocked_ends_slow_start_at_once()
    {
        var window = New();
        window.OnSendme(50_000, inFlight: 124, isBlocked: true, queued: 300);
        Assert.False(window.IsSlowStart);
        Assert.True(window.IsBlocked);
        Assert.Equal(124 + 186, window.Cells);
    }

    [Fact]
    public void A_clock_that_stands_still_from_the_start_leaves_the_window_as_it_is()
    {
        var window = New();
        for (var n = 0; n < 100; n++)
        {
            Acknowledge(ref window, 0);
        }

        Assert.Equal((124L, 0L), (window.Cells, window.RoundTrips.Average));
    }

    [Fact]
    public void A_shortest_round_trip_that_was_never_real_is_forgotten_when_the_window_is_smallest()
    {
        var window = New();
        Acknowledge(ref window, 1000);
        for (var n = 0; window.Cells > 124 && n < 5000; n++)
        {
            window.OnSendme(100_000, window.Cells, isBlocked: true, queued: 300);
        }

        Assert.Equal((124L, 1000L), (window.Cells, window.RoundTrips.Shortest));
        Acknowledge(ref window, 100_000);
        Assert.InRange(window.RoundTrips.Shortest, 90_000, 100_000);
    }

    /// <summary>Whatever comes, the window stays between its bounds, estimates are never negative, and nothing overflows.</summary>
    [Fact]
    public void The_window_stays_within_its_bounds() => Prop.ForAll(ArbMap.Default.ArbFor<(int Trip, int InFlight, bool Blocked, int Queued)[]>(), steps =>
    {
        var window = New();
        foreach (var (trip, inFlight, blocked, queued) in steps.SelectMany(step => Enumerable.Repeat(step, 1 + Math.Abs(step.Trip % 50))))
        {
            window.OnSendme(Math.Abs((long)trip) * 1009, Math.Abs((long)inFlight) % 20_000, blocked, Math.Abs(queued % 5000));
            if (window.Cells < Usual.SmallestWindow || (window.IsSlowStart && window.Cells > Usual.SlowStartMax) || window.PathCells < 0 || window.RoundTrips.Shortest < 0)
            {
                return false;
            }
        }

        return true;
    }).QuickCheckThrowOnFailure();

    private static VegasWindow New() => new(Usual, Usual.Exit, 31);

    private static long Acknowledge(ref VegasWindow window, long roundTrip)
    {
        window.OnSendme(roundTrip, window.Cells, isBlocked: false, queued: 0);
        return window.Cells;
    }
}
