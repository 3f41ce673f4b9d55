using OnionHost.Protocol.Directory.Consensuses;

namespace OnionHost.Network.Guards;

/// <summary>The numbers of vanguards-lite, with the defaults of stock tor; the consensus may set them.</summary>
internal sealed record VanguardParameters(int Number, TimeSpan MinLifetime, TimeSpan MaxLifetime)
{
    private const int Day = 24 * 60 * 60;

    /// <summary>What a consensus says.</summary>
    public static VanguardParameters From(NetworkParameters parameters)
    {
        var least = parameters.GetInt("guard-hs-l2-lifetime-min", Day, 1, int.MaxValue);
        return new VanguardParameters(
            parameters.GetInt("guard-hs-l2-number", 4, 1, 19),
            TimeSpan.FromSeconds(least),
            TimeSpan.FromSeconds(parameters.GetInt("guard-hs-l2-lifetime-max", 12 * Day, least, int.MaxValue)));
    }
}
