namespace OnionHost.Network.Authority.Reachability;

/// <summary>How often relays are tested. The defaults are the public network's: each relay every 21 minutes and 20 seconds.</summary>
internal sealed record ReachabilityOptions
{
    /// <summary>Time between two parts of the relays.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>In how many parts the relays are tested, 1 to 256.</summary>
    public int Parts { get; init; } = 128;

    /// <summary>How long an answer counts.</summary>
    public TimeSpan ValidFor { get; init; } = TimeSpan.FromMinutes(45);

    /// <summary>True takes every relay as running, without tests.</summary>
    public bool Assume { get; init; }

    /// <summary>How many relays are tested at the same time.</summary>
    public int Parallel { get; init; } = 32;

    /// <summary>How often a relay that failed is tested again with the next parts, before it waits for its turn.</summary>
    public int Retries { get; init; } = 3;
}
