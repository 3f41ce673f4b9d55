using OnionHost.Network.Paths;

namespace OnionHost.Rendezvous.Dialing;

/// <summary>Looks services up.</summary>
internal interface IServiceDirectory
{
    /// <summary>Fetches, verifies and decrypts a service's descriptor.</summary>
    /// <param name="name">The service, and the cookie that may be needed.</param>
    /// <param name="isolation">Whose lookups may be shared.</param>
    /// <param name="freshness">Whether a descriptor that is at hand will do. What comes may still be that one, if there is no newer.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="Protocol.OnionException">F0, F1, F4 or F5.</exception>
    Task<ServiceView> FindAsync(OnionHostName name, IsolationKey isolation, Freshness freshness, CancellationToken cancellationToken);

    /// <summary>The service was reached: a later lookup may ask the whole network again.</summary>
    Task ReachedAsync(OnionHostName name, IsolationKey isolation, CancellationToken cancellationToken);
}
