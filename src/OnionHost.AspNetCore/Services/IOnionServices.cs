using OnionHost.Rendezvous.Services;

namespace OnionHost.AspNetCore.Services;

/// <summary>The onion services that this application runs, by the names that they have in the configuration.</summary>
public interface IOnionServices
{
    /// <summary>Those that run now, by name.</summary>
    IReadOnlyDictionary<string, OnionService> Running { get; }

    /// <summary>A running service: its address, its cookies, how far it is.</summary>
    /// <param name="name">Its name in the configuration, as in <c>Onion:Services:NAME</c>.</param>
    /// <exception cref="KeyNotFoundException">No service of that name runs; services start with the server.</exception>
    OnionService this[string name] { get; }

    /// <summary>A service, which is started if it does not run yet.</summary>
    /// <param name="name">Its name. Settings for it need not exist.</param>
    /// <param name="cancellationToken">Gives up waiting; the start goes on.</param>
    /// <exception cref="Protocol.TorException">It cannot start: a locked or unreadable key directory, no network.</exception>
    Task<OnionService> GetAsync(string name, CancellationToken cancellationToken = default);
}
