namespace OnionHost.Network.Circuits;

/// <summary>Which end of an onion service's virtual hop a circuit is: it decides which keys it sends with.</summary>
internal enum OnionHopSide
{
    /// <summary>The client: sends with the forward keys.</summary>
    Client,

    /// <summary>The service: sends with the backward keys.</summary>
    Service,
}
