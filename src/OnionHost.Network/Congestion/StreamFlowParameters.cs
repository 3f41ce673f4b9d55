using OnionHost.Protocol.Directory.Consensuses;

namespace OnionHost.Network.Congestion;

/// <summary>What the network says about XON and XOFF (proposal 324, sections 4 and 6.5).</summary>
/// <param name="ClientLimit">Bytes waiting at a client or an onion service for which XOFF is sent (<c>cc_xoff_client</c>).</param>
/// <param name="ExitLimit">Bytes waiting at an exit for which XOFF is sent (<c>cc_xoff_exit</c>).</param>
/// <param name="RateBytes">Bytes that a rate is measured over (<c>cc_xon_rate</c>).</param>
/// <param name="ChangePercent">By how much a rate has changed when the peer is told (<c>cc_xon_change_pct</c>).</param>
/// <param name="AverageCount">Measurements that a rate is averaged over (<c>cc_xon_ewma_cnt</c>).</param>
internal sealed record StreamFlowParameters(int ClientLimit, int ExitLimit, int RateBytes, int ChangePercent, int AverageCount)
{
    // The consensus counts cells. Stock tor counts limits in the smallest body of a cell format, and rates in the largest.
    private const int SmallestBody = 488;
    private const int LargestBody = 498;

    public static StreamFlowParameters From(NetworkParameters network) => new(
        network.GetInt("cc_xoff_client", 500, 1, 10_000) * SmallestBody,
        network.GetInt("cc_xoff_exit", 500, 1, 10_000) * SmallestBody,
        network.GetInt("cc_xon_rate", 500, 1, 5000) * LargestBody,
        network.GetInt("cc_xon_change_pct", 25, 1, 99),
        network.GetInt("cc_xon_ewma_cnt", 2, 2, 100));
}
