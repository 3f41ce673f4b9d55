using OnionHost.Protocol.Directory.Consensuses;

namespace OnionHost.Network.Guards;

/// <summary>The numbers of guard-spec appendix A.1, with the defaults of stock tor; the consensus may set them.</summary>
internal sealed record GuardParameters
{
    /// <summary>Usable guards that the sample holds if the network has them.</summary>
    public int MinFilteredSample { get; init; } = 20;

    /// <summary>The sample's upper bound.</summary>
    public int MaxSample { get; init; } = 60;

    /// <summary>The sample's upper bound as a share of all guards, in percent (but never below <see cref="MinFilteredSample"/>).</summary>
    public int MaxSamplePercent { get; init; } = 20;

    /// <summary>How long a guard stays in the sample.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromDays(120);

    /// <summary>How long a guard stays at least once it was used.</summary>
    public TimeSpan ConfirmedLifetime { get; init; } = TimeSpan.FromDays(60);

    /// <summary>How long a guard may be missing from the consensus.</summary>
    public TimeSpan RemoveUnlistedAfter { get; init; } = TimeSpan.FromDays(20);

    /// <summary>How many primary guards there are.</summary>
    public int PrimaryGuards { get; init; } = 3;

    /// <summary>Among how many primary guards a circuit chooses.</summary>
    public int PrimaryGuardsInUse { get; init; } = 1;

    /// <summary>Among how many primary guards a directory fetch chooses.</summary>
    public int PrimaryDirectoryGuardsInUse { get; init; } = 3;

    /// <summary>After so long without any success, a success means that the network is back, not that others are down.</summary>
    public TimeSpan InternetLikelyDown { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>What a consensus says.</summary>
    public static GuardParameters From(NetworkParameters parameters) => new()
    {
        MinFilteredSample = parameters.GetInt("guard-min-filtered-sample-size", 20, 1, 1000),
        MaxSample = parameters.GetInt("guard-max-sample-size", 60, 1, 1000),
        MaxSamplePercent = parameters.GetInt("guard-max-sample-threshold-percent", 20, 1, 100),
        Lifetime = TimeSpan.FromDays(parameters.GetInt("guard-lifetime-days", 120, 1, 3650)),
        ConfirmedLifetime = TimeSpan.FromDays(parameters.GetInt("guard-confirmed-min-lifetime-days", 60, 1, 3650)),
        RemoveUnlistedAfter = TimeSpan.FromDays(parameters.GetInt("guard-remove-unlisted-guards-after-days", 20, 1, 3650)),
        PrimaryGuards = parameters.GetInt("guard-n-primary-guards", 3, 1, 60),
        PrimaryGuardsInUse = parameters.GetInt("guard-n-primary-guards-to-use", 1, 1, 60),
        PrimaryDirectoryGuardsInUse = parameters.GetInt("guard-n-primary-dir-guards-to-use", 3, 1, 60),
        InternetLikelyDown = TimeSpan.FromSeconds(parameters.GetInt("guard-internet-likely-down-interval", 600, 1, int.MaxValue)),
    };
}
