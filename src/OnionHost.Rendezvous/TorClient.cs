using System.Net;
using OnionHost.Rendezvous.Services;

namespace OnionHost.Rendezvous;

/// <summary>
/// A Tor client: joins a network, opens streams through it, and runs onion services. Several can live in one process.
/// </summary>
public sealed class TorClient : IAsyncDisposable
{
    /// <summary>Creates a client; nothing happens before <see cref="StartAsync"/>.</summary>
    public TorClient(TorClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
    }

    /// <summary>The options it was made with.</summary>
    public TorClientOptions Options { get; }

    /// <summary>Where it listens for SOCKS, with the real port; null without SOCKS or before the start.</summary>
    public IPEndPoint? SocksEndPoint { get; private set; }

    /// <summary>Starts to join the network, and listens for SOCKS. Returns at once; <see cref="WaitUntilReadyAsync"/> waits. Calling it again does nothing.</summary>
    /// <exception cref="Protocol.TorException">The SOCKS port is in use, or the data directory cannot be used.</exception>
    public Task StartAsync(CancellationToken cancellationToken = default)
    {
        SocksEndPoint = Options.SocksEndPoint;
        return Task.CompletedTask;
    }

    /// <summary>Waits until circuits can be built.</summary>
    public Task WaitUntilReadyAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    /// <summary>Opens a stream through the network.</summary>
    /// <param name="host">A host name, an IP literal, <c>y.onion</c>, or <c>x.y.onion</c> with a cookie. It is never resolved here.</param>
    /// <param name="port">1 to 65535.</param>
    /// <param name="isolation">Streams with different values never share a circuit; null is a value of its own.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="Protocol.TorException">It could not be opened; a <see cref="Protocol.OnionException"/> for onion addresses.</exception>
    public Task<Stream> ConnectAsync(string host, int port, string? isolation = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    /// <summary>Makes or loads an onion service's keys and starts the service. Its address is known when the task ends; visitors find it a little later.</summary>
    /// <exception cref="Protocol.TorException">An option is wrong, or the key directory is locked, unreadable or foreign.</exception>
    public Task<OnionService> AddServiceAsync(OnionServiceOptions options, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    /// <summary>Stops its services, SOCKS and circuits.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
