using System.Net;
using OnionHost.Network;
using OnionHost.Protocol;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory.Consensuses;
using OnionHost.Rendezvous;

namespace OnionHost.LocalNetwork;

/// <summary>
/// A whole private onion network in this process: authorities that really agree, relays with real TLS links on loopback.
/// For development, demonstrations and tests; it hides nobody from anybody.
/// </summary>
public sealed class PrivateNetwork : IAsyncDisposable
{
    private readonly PrivateNodes _nodes;

    private PrivateNetwork(PrivateNetworkOptions options, PrivateNodes nodes)
    {
        Options = options;
        _nodes = nodes;
        Authorities = nodes.Trusted;
        Nodes = [.. nodes.All.Select(node => new PrivateNode(node))];
    }

    /// <summary>The options it was started with.</summary>
    public PrivateNetworkOptions Options { get; }

    /// <summary>The authorities, as clients and relays are told of them.</summary>
    public IReadOnlyList<DirectoryAuthority> Authorities { get; }

    /// <summary>What its authorities vote for.</summary>
    internal NetworkParameters Parameters => PrivateNodes.ParametersOf(Options);

    /// <summary>How long its authorities collect votes, and then signatures.</summary>
    internal TimeSpan VoteDelay => PrivateNodes.DelayOf(Options);

    /// <summary>Every node: the authorities first, then the relays, then the exits.</summary>
    public IReadOnlyList<PrivateNode> Nodes { get; }

    /// <summary>Brings the network up: it is ready for clients when the task ends.</summary>
    /// <exception cref="TorException">An option is out of range, or the network could not come up; the message says why.</exception>
    public static async Task<PrivateNetwork> StartAsync(PrivateNetworkOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        Check(options);
        var context = new NodeContext(options.TimeProvider, SystemRandomSource.Instance, options.LoggerFactory);
        var nodes = new PrivateNodes(context, options);
        try
        {
            await nodes.ListenAsync(cancellationToken).ConfigureAwait(false);
            var network = new PrivateNetwork(options, nodes);
            options.Listening?.Invoke(network);
            await nodes.StartAsync(cancellationToken).ConfigureAwait(false);
            return network;
        }
        catch
        {
            await nodes.DisposeAsync().ConfigureAwait(false);
            throw;
        }
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
    public ValueTask DisposeAsync() => _nodes.DisposeAsync();

    private static void Check(PrivateNetworkOptions options)
    {
        Require(options.Authorities is >= 0 and <= 9 && options.Authorities + options.OtherAuthorities.Count > 0, "1 to 9 authorities");
        Require(options.Relays is >= 3 and <= 50, "3 to 50 relays");
        Require(options.Exits >= 1 && options.Exits <= options.Relays, "1 exit at least, and no more exits than relays");
        Require(options.VotingInterval >= TimeSpan.FromSeconds(10) && options.VotingInterval <= TimeSpan.FromDays(1), "a voting interval of 10 seconds to 1 day");
        Require(IPAddress.IsLoopback(options.ListenAddress), "a loopback address to listen on");
    }

    private static void Require(bool isGiven, string what)
    {
        if (!isGiven)
        {
            throw new TorException(TorErrorKind.Local, $"A private network needs {what}.");
        }
    }
}
