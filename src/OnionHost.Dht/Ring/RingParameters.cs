using OnionHost.Network.Directory;

namespace OnionHost.Dht.Ring;

/// <summary>How widely descriptors are spread (rend-spec-v3 2.2.3): network parameters with their defaults.</summary>
/// <param name="Replicas">Places on the ring for one descriptor, 1 to 16; 2.</param>
/// <param name="StoreSpread">Relays that a service uploads to at each place, 1 to 128; 4.</param>
/// <param name="FetchSpread">Relays that a client asks at each place, 1 to 128; 3.</param>
internal readonly record struct RingParameters(int Replicas, int StoreSpread, int FetchSpread)
{
    /// <summary>The parameters of a consensus.</summary>
    public static RingParameters Of(NetworkView view) => new(
        view.Parameters.GetInt("hsdir_n_replicas", 2, 1, 16),
        view.Parameters.GetInt("hsdir_spread_store", 4, 1, 128),
        view.Parameters.GetInt("hsdir_spread_fetch", 3, 1, 128));
}
