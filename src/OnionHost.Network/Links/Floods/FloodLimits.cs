using OnionHost.Protocol.Directory.Consensuses;

namespace OnionHost.Network.Links.Floods;

/// <summary>
/// What one client address may ask of a relay, under the names, defaults and meaning of stock tor's DoS parameters. All
/// three kinds are off unless the consensus, or the operator, turns them on: the public network does.
/// </summary>
internal sealed record FloodLimits
{
    /// <summary>Nothing is limited.</summary>
    public static FloodLimits Default { get; } = new();

    /// <summary>DoSCircuitCreationEnabled: circuits by address are limited.</summary>
    public bool LimitsCircuits { get; init; }

    /// <summary>DoSCircuitCreationMinConnections: an address with fewer links is left alone.</summary>
    public int CircuitMinConnections { get; init; } = 3;

    /// <summary>DoSCircuitCreationRate: circuits a second.</summary>
    public int CircuitRate { get; init; } = 3;

    /// <summary>DoSCircuitCreationBurst: circuits at once; more mark the address.</summary>
    public int CircuitBurst { get; init; } = 90;

    /// <summary>DoSCircuitCreationDefenseType: a marked address gets no circuits; false only counts.</summary>
    public bool RefusesCircuits { get; init; } = true;

    /// <summary>DoSCircuitCreationDefenseTimePeriod: how long an address stays marked, and up to half longer.</summary>
    public TimeSpan CircuitDefence { get; init; } = TimeSpan.FromHours(1);

    /// <summary>dos_num_circ_max_outq: circuits whose full queue marks an address; 0 for none.</summary>
    public int MaxFullQueues { get; init; } = 3;

    /// <summary>DoSConnectionEnabled: connections by address are limited.</summary>
    public bool LimitsConnections { get; init; }

    /// <summary>DoSConnectionMaxConcurrentCount: links at the same time.</summary>
    public int MaxConnections { get; init; } = 100;

    /// <summary>DoSConnectionConnectRate: connections a second.</summary>
    public int ConnectRate { get; init; } = 20;

    /// <summary>DoSConnectionConnectBurst: connections at once; more mark the address.</summary>
    public int ConnectBurst { get; init; } = 40;

    /// <summary>DoSConnectionDefenseType: connections beyond the limits are closed; false only counts.</summary>
    public bool ClosesConnections { get; init; } = true;

    /// <summary>DoSConnectionConnectDefenseTimePeriod: how long an address stays marked, and up to half longer.</summary>
    public TimeSpan ConnectDefence { get; init; } = TimeSpan.FromDays(1);

    /// <summary>DoSStreamCreationEnabled: streams by circuit are limited.</summary>
    public bool LimitsStreams { get; init; }

    /// <summary>DoSStreamCreationRate: streams a second.</summary>
    public int StreamRate { get; init; } = 100;

    /// <summary>DoSStreamCreationBurst: streams at once.</summary>
    public int StreamBurst { get; init; } = 300;

    /// <summary>DoSStreamCreationDefenseType: what happens to more.</summary>
    public StreamDefence StreamDefence { get; init; } = StreamDefence.RefuseStream;

    /// <summary>What a consensus says.</summary>
    public static FloodLimits From(NetworkParameters parameters) => new()
    {
        LimitsCircuits = parameters.GetInt("DoSCircuitCreationEnabled", 0, 0, 1) == 1,
        CircuitMinConnections = Positive(parameters, "DoSCircuitCreationMinConnections", 3),
        CircuitRate = Positive(parameters, "DoSCircuitCreationRate", 3),
        CircuitBurst = Positive(parameters, "DoSCircuitCreationBurst", 90),
        RefusesCircuits = parameters.GetInt("DoSCircuitCreationDefenseType", 2, 1, 2) == 2,
        CircuitDefence = TimeSpan.FromSeconds(parameters.GetInt("DoSCircuitCreationDefenseTimePeriod", 3600, 0)),
        MaxFullQueues = parameters.GetInt("dos_num_circ_max_outq", 3, 0),
        LimitsConnections = parameters.GetInt("DoSConnectionEnabled", 0, 0, 1) == 1,
        MaxConnections = Positive(parameters, "DoSConnectionMaxConcurrentCount", 100),
        ConnectRate = Positive(parameters, "DoSConnectionConnectRate", 20),
        ConnectBurst = Positive(parameters, "DoSConnectionConnectBurst", 40),
        ClosesConnections = parameters.GetInt("DoSConnectionDefenseType", 2, 1, 2) == 2,
        ConnectDefence = TimeSpan.FromSeconds(parameters.GetInt("DoSConnectionConnectDefenseTimePeriod", 86400, 10)),
        LimitsStreams = parameters.GetInt("DoSStreamCreationEnabled", 0, 0, 1) == 1,
        StreamRate = Positive(parameters, "DoSStreamCreationRate", 100),
        StreamBurst = Positive(parameters, "DoSStreamCreationBurst", 300),
        StreamDefence = (StreamDefence)parameters.GetInt("DoSStreamCreationDefenseType", (int)StreamDefence.RefuseStream, 1, 3),
    };

    private static int Positive(NetworkParameters parameters, string name, int @default) => parameters.GetInt(name, @default, 1);
}
