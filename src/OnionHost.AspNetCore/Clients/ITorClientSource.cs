using OnionHost.Rendezvous;

namespace OnionHost.AspNetCore.Clients;

/// <summary>The application's one Tor client. It is started when it is first asked for.</summary>
public interface ITorClientSource
{
    /// <summary>The client, started; it may still be joining the network.</summary>
    /// <param name="cancellationToken">Gives up waiting; the start goes on.</param>
    /// <exception cref="Protocol.TorException">It cannot start: a SOCKS port in use, an unusable data directory, a network that does not come up.</exception>
    ValueTask<TorClient> GetAsync(CancellationToken cancellationToken = default);
}
