using OnionHost.Protocol.Directory.Consensuses;

namespace OnionHost.Network.Congestion;

/// <summary>
/// What the network says about congestion and flow control (proposal 324, section 6.5), each value brought into its range.
/// Counts are of cells unless they say otherwise. Immutable; circuits keep what they were made with.
/// </summary>
internal sealed record CongestionParameters
{
    /// <summary>What holds where the network says nothing: Vegas.</summary>
    public static CongestionParameters Default { get; } = From(NetworkParameters.Empty)!;

    /// <summary>DATA cells for each SENDME (<c>cc_sendme_inc</c>).</summary>
    public required byte SendmeIncrement { get; init; }

    /// <summary>The window at the start (<c>cc_cwnd_init</c>).</summary>
    public required int InitialWindow { get; init; }

    /// <summary>The smallest window (<c>cc_cwnd_min</c>).</summary>
    public required int SmallestWindow { get; init; }

    /// <summary>The largest window (<c>cc_cwnd_max</c>).</summary>
    public required int LargestWindow { get; init; }

    /// <summary>Where slow start ends in any case (<c>cc_ss_max</c>).</summary>
    public required int SlowStartMax { get; init; }

    /// <summary>By how much the window changes in steady state (<c>cc_cwnd_inc</c>).</summary>
    public required int WindowIncrement { get; init; }

    /// <summary>SENDMEs' worth of cells in a change's period, as a multiple of the increment (<c>cc_cwnd_inc_rate</c>).</summary>
    public required int WindowIncrementRate { get; init; }

    /// <summary>Percent of a SENDME's cells that slow start adds below its cap (<c>cc_cwnd_inc_pct_ss</c>).</summary>
    public required int SlowStartPercent { get; init; }

    /// <summary>SENDMEs' worth of cells that may be missing from a window that counts as full (<c>cc_cwnd_full_gap</c>).</summary>
    public required int FullGap { get; init; }

    /// <summary>Percent of the window in use below which it counts as not full (<c>cc_cwnd_full_minpct</c>).</summary>
    public required int FullMinPercent { get; init; }

    /// <summary>True if fullness is forgotten once a window, false if with each change (<c>cc_cwnd_full_per_cwnd</c>).</summary>
    public required bool FullPerWindow { get; init; }

    /// <summary>Percent of a window's SENDMEs that round trips are averaged over (<c>cc_ewma_cwnd_pct</c>).</summary>
    public required int AveragePercent { get; init; }

    /// <summary>The most SENDMEs that round trips are averaged over (<c>cc_ewma_max</c>).</summary>
    public required int AverageMax { get; init; }

    /// <summary>SENDMEs that round trips are averaged over in slow start (<c>cc_ewma_ss</c>).</summary>
    public required int AverageInSlowStart { get; init; }

    /// <summary>How far the shortest round trip goes up to the present one when the window is at its smallest, in percent (<c>cc_rtt_reset_pct</c>).</summary>
    public required int RoundTripResetPercent { get; init; }

    /// <summary>Own cells in the link's queue at which a circuit counts as blocked (<c>cellq_high</c>).</summary>
    public required int QueueHigh { get; init; }

    /// <summary>Own cells in the link's queue at which it no longer does (<c>cellq_low</c>).</summary>
    public required int QueueLow { get; init; }

    /// <summary>Thresholds on the way to an exit.</summary>
    public required VegasThresholds Exit { get; init; }

    /// <summary>Thresholds between a client and an onion service.</summary>
    public required VegasThresholds Onion { get; init; }

    /// <summary>Thresholds on circuits of one or two hops.</summary>
    public required VegasThresholds Short { get; init; }

    /// <summary>How streams are held back.</summary>
    public required StreamFlowParameters Streams { get; init; }

    /// <summary>Reads them; null if the network wants fixed windows (<c>cc_alg=0</c>).</summary>
    public static CongestionParameters? From(NetworkParameters network)
    {
        if (network.GetInt("cc_alg", 2, 0, 3) == 0)
        {
            return null;
        }

        return new CongestionParameters
        {
            SendmeIncrement = (byte)network.GetInt("cc_sendme_inc", Record, 1, 254),
            InitialWindow = network.GetInt("cc_cwnd_init", 4 * Record, Record, 10_000),
            SmallestWindow = network.GetInt("cc_cwnd_min", 4 * Record, Record, 1000),
            LargestWindow = network.GetInt("cc_cwnd_max", int.MaxValue, 500),
            SlowStartMax = network.GetInt("cc_ss_max", 5000, 500),
            WindowIncrement = network.GetInt("cc_cwnd_inc", 1, 1, 1000),
            WindowIncrementRate = network.GetInt("cc_cwnd_inc_rate", Record, 1, 250),
            SlowStartPercent = network.GetInt("cc_cwnd_inc_pct_ss", 100, 1, 500),
            FullGap = network.GetInt("cc_cwnd_full_gap", 4, 0, short.MaxValue),
            FullMinPercent = network.GetInt("cc_cwnd_full_minpct", 25, 0, 100),
            FullPerWindow = network.GetInt("cc_cwnd_full_per_cwnd", 1, 0, 1) == 1,
            AveragePercent = network.GetInt("cc_ewma_cwnd_pct", 50, 1, byte.MaxValue),
            AverageMax = network.GetInt("cc_ewma_max", 10, 2),
            AverageInSlowStart = network.GetInt("cc_ewma_ss", 2, 2),
            RoundTripResetPercent = network.GetInt("cc_rtt_reset_pct", 100, 0, 100),
            QueueHigh = network.GetInt("cellq_high", 256, 1, 1000),
            QueueLow = network.GetInt("cellq_low", 10, 1, 1000),
            Exit = Thresholds(network, "exit", new VegasThresholds(3 * Outbuf, 4 * Outbuf, 3 * Outbuf, 5 * Outbuf, 600)),
            Onion = Thresholds(network, "onion", new VegasThresholds(3 * Outbuf, 6 * Outbuf, 4 * Outbuf, 7 * Outbuf, 475)),
            Short = Thresholds(network, "sbws", new VegasThresholds((2 * Outbuf) - Record, (2 * Outbuf) + Record, 2 * Outbuf, 4 * Outbuf, 400)),
            Streams = StreamFlowParameters.From(network),
        };
    }

    /// <summary>True if a peer's cells for each SENDME are near enough to the network's: off by one at most, while it changes.</summary>
    public bool Accepts(byte sendmeIncrement) => sendmeIncrement > 0 && Math.Abs(sendmeIncrement - SendmeIncrement) <= 1;

    /// <summary>Cells of a full TLS record, and of what a link is given at once.</summary>
    private const int Record = 31;
    private const int Outbuf = 2 * Record;

    private static VegasThresholds Thresholds(NetworkParameters network, string path, VegasThresholds usual) => new(
        network.GetInt($"cc_vegas_alpha_{path}", usual.Alpha, 0, 1000),
        network.GetInt($"cc_vegas_beta_{path}", usual.Beta, 0, 1000),
        network.GetInt($"cc_vegas_gamma_{path}", usual.Gamma, 0, 1000),
        network.GetInt($"cc_vegas_delta_{path}", usual.Delta, 0),
        network.GetInt($"cc_sscap_{path}", usual.SlowStartCap, 100));
}
