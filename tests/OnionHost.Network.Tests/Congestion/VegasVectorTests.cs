using System.Text.Json;
using OnionHost.Network.Congestion;
using OnionHost.Tests.Shared;

namespace OnionHost.Network.Tests.Congestion;

/// <summary>What stock tor computes, step by step.</summary>
public sealed class VegasVectorTests
{
    private static readonly JsonElement Vectors = OnionHost.Tests.Shared.Vectors.Load("congestion_control_vegas.json");

    [Theory]
    [InlineData("vect1")]
    [InlineData("vect2")]
    [InlineData("vect3")]
    [InlineData("vect4")]
    public void The_window_takes_the_same_steps_as_stock_tors(string name)
    {
        var parameters = CongestionParameters.Default;
        var window = new VegasWindow(parameters, parameters.Exit, 31);
        foreach (var row in Vectors.GetProperty("cwnd").EnumerateArray().Single(v => v.GetProperty("name").GetString() == name).GetProperty("rows").EnumerateArray())
        {
            window.OnSendme(Number(row, "got_sendme_usec") - Number(row, "sent_usec"), Number(row, "inflight"), Number(row, "or_conn_blocked") == 1, queued: 0);

            Assert.Equal(
                (Number(row, "ewma_rtt_out"), Number(row, "min_rtt_out"), Number(row, "cwnd_out"), Number(row, "in_slow_start_out") == 1, Number(row, "cwnd_full_out") == 1, Number(row, "blocked_chan_out") == 1),
                (window.RoundTrips.Average, window.RoundTrips.Shortest, window.Cells, window.IsSlowStart, window.IsFull, window.IsBlocked));
        }
    }

    [Fact]
    public void A_clock_that_stands_still_or_jumps_is_noticed_where_stock_tor_does()
    {
        // The file's rows hold, whatever it calls them: average before, measurement, slow start, clock broken after it, measurement refused.
        var trips = default(RoundTrips);
        foreach (var row in Vectors.GetProperty("rtt").GetProperty("rows").EnumerateArray().Select(r => r.EnumerateArray().Select(v => v.GetInt64()).ToArray()))
        {
            Assert.Equal(row[4] == 1, trips.IsStalledOrJumped(row[0], row[1], isSlowStart: row[2] == 1));
            Assert.Equal(row[3] == 1, trips.IsClockBroken);
        }
    }

    private static long Number(JsonElement row, string name) => row.GetProperty(name).GetInt64();
}
