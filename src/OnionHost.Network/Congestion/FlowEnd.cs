namespace OnionHost.Network.Congestion;

/// <summary>Which end of which path a flow control is at: it decides thresholds and limits.</summary>
internal enum FlowEnd
{
    /// <summary>A client, of a circuit of three hops or more to an exit.</summary>
    ExitClient,

    /// <summary>A client, of a circuit of one or two hops.</summary>
    ShortClient,

    /// <summary>The relay that a client's circuit ends at.</summary>
    ExitRelay,

    /// <summary>Either end of the hop between a client and an onion service.</summary>
    Onion,
}
