namespace OnionHost.Network.Paths;

/// <summary>How many circuits are kept, and for how long.</summary>
internal sealed record CircuitPoolOptions
{
    /// <summary>How long a circuit takes new streams, counted from its first one (MaxCircuitDirtiness).</summary>
    public TimeSpan MaxDirtiness { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a circuit that nobody has used is kept.</summary>
    public TimeSpan MaxIdle { get; init; } = TimeSpan.FromMinutes(55);

    /// <summary>For how long a port counts as recently used.</summary>
    public TimeSpan PortMemory { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Relays on an exit circuit, the exit included: 3, or more (up to 8) for those who want them.</summary>
    public int ExitLength { get; init; } = PathPlanner.GeneralLength;

    /// <summary>
    /// Streams leave their circuit at any relay behind the guard whose policy allows it, and not only at its end (the paper's leaky
    /// pipe): whoever watches the last relay misses some. Off by default, since relays in the middle seldom are exits.
    /// </summary>
    public bool LeaveFromMiddle { get; init; }

    /// <summary>
    /// How often, on average, a circuit in use carries a cell that its last relay throws away (the paper's long-range padding); null
    /// for never.
    /// </summary>
    public TimeSpan? LongRangePadding { get; init; }

    /// <summary>Unused exit circuits kept for every recently used port.</summary>
    public int CleanPerPort { get; init; } = 2;

    /// <summary>Unused circuits of three hops kept for onion services and their clients.</summary>
    public int OnionStubs { get; init; } = 3;

    /// <summary>Ports to be ready for from the start.</summary>
    public IReadOnlyList<int> FirstPorts { get; init; } = [443];

    /// <summary>Circuits being built at a time; more wait.</summary>
    public int MaxPending { get; init; } = 32;

    /// <summary>Exit circuits at a time; more are refused.</summary>
    public int MaxCircuits { get; init; } = 1000;

    /// <summary>How often a circuit is tried, each time with another relay for the one that failed.</summary>
    public int BuildTries { get; init; } = 5;

    /// <summary>On how many circuits a stream is tried.</summary>
    public int StreamTries { get; init; } = 4;

    /// <summary>How long an exit may take to connect before another is tried.</summary>
    public TimeSpan StreamTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>False refuses loopback and private destinations, which no exit of the public network would connect to.</summary>
    public bool AllowPrivateAddresses { get; init; }
}
