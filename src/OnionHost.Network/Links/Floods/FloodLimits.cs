using OnionHost.Protocol.Directory.Consensuses;

namespace OnionHost.Network.Links.Floods;

/// <summary>
/// What one client address may ask of a relay, under the names, defaults and meaning of stock tor's DoS parameters. All
/// three kinds are off unless the consensus, or the operator, turns them on: the public network does.
/// </summary>
internal sealed record FloodLimits
{
    /// <summary>Nothing is limited.</summary>
    public static FloodLimits Default { get; } = From(NetworkParameters.Empty);

    /// <summary>DoSCircuitCreationEnabled: circuits by address are limited.</summary>
    public required bool LimitsCircuits { get; init; }

    /// <summary>DoSCircuitCreationMinConnections: an address with fewer links is left alone.</summary>
    public required int CircuitMinConnections { get; init; }

    /// <summary>DoSCircuitCreationRate: circuits a second.</summary>
    public required int CircuitRate { get; init; }

    /// <summary>DoSCircuitCreationBurst: circuits at once; more mark the address.</summary>
    public required int CircuitBurst { get; init; }

    /// <summary>DoSCircuitCreationDefenseType: a marked address gets no circuits; false only counts.</summary>
    public required bool RefusesCircuits { get; init; }

    /// <summary>DoSCircuitCreationDefenseTimePeriod: how long an address stays marked, and up to half longer.</summary>
    public required TimeSpan CircuitDefence { get; init; }

    /// <summary>dos_num_circ_max_outq: circuits whose full queue marks an address; 0 for none.</summary>
    public required int MaxFullQueues { get; init; }

    /// <summary>DoSConnectionEnabled: connections by address are limited.</summary>
    public required bool LimitsConnections { get; init; }

    /// <summary>DoSConnectionMaxConcurrentCount: links at the same time.</summary>
    public required int MaxConnections { get; init; }

    /// <summary>DoSConnectionConnectRate: connections a second.</summary>
    public required int ConnectRate { get; init; }

    /// <summary>DoSConnectionConnectBurst: connections at once; more mark the address.</summary>
    public required int ConnectBurst { get; init; }

    /// <summary>DoSConnectionDefenseType: connections beyond the limits are closed; false only counts.</summary>
    public required bool ClosesConnections { get; init; }

    /// <summary>DoSConnectionConnectDefenseTimePeriod: how long an address stays marked, and up to half longer.</summary>
    public required TimeSpan ConnectDefence { get; init; }

    /// <summary>DoSStreamCreationEnabled: streams by circuit are limited.</summary>
    public required bool LimitsStreams { get; init; }

    /// <summary>DoSStreamCreationRate: streams a second.</summary>
    public required int StreamRate { get; init; }

    /// <summary>DoSStreamCreationBurst: streams at once.</summary>
    public required int StreamBurst { get; init; }

    /// <summary>DoSStreamCreationDefenseType: what happens to more.</summary>
    public required StreamDefence StreamDefence { get; init; }

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
