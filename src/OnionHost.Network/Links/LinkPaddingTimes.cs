using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory.Consensuses;

namespace OnionHost.Network.Links;

/// <summary>When quiet links are padded, and when idle ones close: the network's parameters (padding-spec 2, 3.1).</summary>
internal readonly record struct LinkPaddingTimes
{
    private const int LongestMilliseconds = 60_000;
    private const int ClientIdleSeconds = 180;
    private const int RelayIdleSeconds = 3600;
    private const int Week = 7 * 24 * 3600;

    public LinkPaddingTimes(NetworkParameters parameters)
    {
        Low = parameters.GetInt("nf_ito_low", 1500, 0, LongestMilliseconds);
        High = parameters.GetInt("nf_ito_high", 9500, Low, LongestMilliseconds);
        PadsBetweenRelays = parameters.GetInt("nf_pad_relays", 0, 0, 1) == 1;
        RelayIdle = parameters.GetInt("nf_conntimeout_relays", RelayIdleSeconds, 60, Week);
    }

    /// <summary>Milliseconds of silence before padding, at least.</summary>
    public int Low { get; }

    /// <summary>Milliseconds of silence before padding, at most. 0, with <see cref="Low"/> 0 too: nobody pads.</summary>
    public int High { get; }

    /// <summary>True if links between relays are padded as well.</summary>
    public bool PadsBetweenRelays { get; }

    private int RelayIdle { get; }

    /// <summary>How long a link without circuits stays: 3 to 4.5 minutes, or 45 to 75 between relays.</summary>
    public TimeSpan IdleTimeout(bool isBetweenRelays, IRandomSource random) => TimeSpan.FromSeconds(isBetweenRelays
        ? (RelayIdle * 3 / 4) + random.Next(RelayIdle / 2)
        : ClientIdleSeconds + random.Next(ClientIdleSeconds / 2));
}
