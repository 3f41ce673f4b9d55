namespace OnionHost.Network.Links.Floods;

/// <summary>
/// What a relay's operator allows one client, whatever the consensus says. A kind of limit of which anything is set is on; what is
/// left open of it is the consensus's, or the default of <see cref="FloodLimits"/>.
/// </summary>
internal sealed record FloodSettings
{
    /// <summary>Circuits a second of one address.</summary>
    public int? CircuitRate { get; init; }

    /// <summary>Circuits at once of one address.</summary>
    public int? CircuitBurst { get; init; }

    /// <summary>An address with fewer links may make any number of circuits.</summary>
    public int? CircuitMinConnections { get; init; }

    /// <summary>Links of one address at the same time.</summary>
    public int? MaxConnections { get; init; }

    /// <summary>Connections, and so TLS handshakes, a second of one address.</summary>
    public int? ConnectRate { get; init; }

    /// <summary>Connections at once of one address.</summary>
    public int? ConnectBurst { get; init; }

    /// <summary>Streams a second of one circuit.</summary>
    public int? StreamRate { get; init; }

    /// <summary>Streams at once of one circuit.</summary>
    public int? StreamBurst { get; init; }

    /// <summary>The network's limits with these in their places.</summary>
    public FloodLimits Over(FloodLimits network) => network with
    {
        LimitsCircuits = network.LimitsCircuits || (CircuitRate ?? CircuitBurst ?? CircuitMinConnections) is not null,
        CircuitRate = CircuitRate ?? network.CircuitRate,
        CircuitBurst = CircuitBurst ?? Math.Max(network.CircuitBurst, CircuitRate ?? 0),
        CircuitMinConnections = CircuitMinConnections ?? network.CircuitMinConnections,
        LimitsConnections = network.LimitsConnections || (MaxConnections ?? ConnectRate ?? ConnectBurst) is not null,
        MaxConnections = MaxConnections ?? network.MaxConnections,
        ConnectRate = ConnectRate ?? network.ConnectRate,
        ConnectBurst = ConnectBurst ?? Math.Max(network.ConnectBurst, ConnectRate ?? 0),
        LimitsStreams = network.LimitsStreams || (StreamRate ?? StreamBurst) is not null,
        StreamRate = StreamRate ?? network.StreamRate,
        StreamBurst = StreamBurst ?? Math.Max(network.StreamBurst, StreamRate ?? 0),
    };
}
