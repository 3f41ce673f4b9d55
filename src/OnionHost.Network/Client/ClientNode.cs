using Microsoft.Extensions.Logging;
using OnionHost.Network.Directory;
using OnionHost.Network.Guards;
using OnionHost.Network.Links;
using OnionHost.Network.Paths;
using OnionHost.Network.Storage;
using OnionHost.Protocol;
using OnionHost.Protocol.Directory.Consensuses;

namespace OnionHost.Network.Client;

/// <summary>All that a client needs below onion services, wired: links, directory, guards, paths, circuits.</summary>
internal sealed class ClientNode : IAsyncDisposable
{
    private const string GuardsFile = "guards.json";
    private const string BuildTimesFile = "build-times.json";
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(5);

    private readonly NodeContext _context;
    private readonly DirectoryCircuits _source;
    private readonly BuildTimeout _buildTimeout;
    private readonly ILogger _logger;
    private int _disposed;

    /// <summary>Wires it; nothing goes over the network before <see cref="StartAsync"/>.</summary>
    /// <exception cref="TorException">There is no authority, or the data directory cannot be used.</exception>
    public ClientNode(NodeContext context, ClientNodeOptions options)
    {
        if (options.Authorities.Count == 0)
        {
            throw new TorException(TorErrorKind.Local, "A client needs the directory authorities of its network, and was given none.");
        }

        _context = context;
        _logger = context.Loggers.CreateLogger<ClientNode>();
        MakeDirectory(options.DataDirectory);
        var rules = new PathRules
        {
            EnforceDistinctSubnets = options.EnforceDistinctSubnets,
            AllowPrivateAddresses = options.AllowPrivateAddresses,
            Excluded = options.ExcludedRelays,
        };
        var selector = new PathSelector(context.Random, rules);
        Links = new LinkTable(
            context, new LinkOptions { Parameters = () => Directory?.Current?.Parameters ?? NetworkParameters.Empty, Bandwidth = options.Bandwidth });
        Guards = new GuardSet(context, selector, FileIn(options, GuardsFile));
        _buildTimeout = new BuildTimeout(context, () => Directory?.Current?.Parameters ?? NetworkParameters.Empty, FileIn(options, BuildTimesFile));
        _source = new DirectoryCircuits(context, OpenLinkAsync, Guards, options.Authorities, () => Directory?.Current) { Fallbacks = options.Fallbacks };
        Directory = new NetworkDirectory(
            context, new NetworkDirectoryOptions { Authorities = options.Authorities, DataDirectory = options.DataDirectory }, _source);
        Directory.Changed += view => Links.Traffic.Follow(view.Parameters);
        Circuits = new CircuitPool(
            context,
            Directory.WaitAsync,
            new PathPlanner(selector, Guards, new Vanguards(context, selector)),
            new CircuitBuilder(context, OpenLinkAsync, Guards, _buildTimeout),
            options.Pool with { AllowPrivateAddresses = options.AllowPrivateAddresses });
        Selector = selector;
    }

    /// <summary>The links.</summary>
    public LinkTable Links { get; }

    /// <summary>What is known about the network; renews itself.</summary>
    public NetworkDirectory Directory { get; }

    /// <summary>The first hops.</summary>
    public GuardSet Guards { get; }

    /// <summary>Chooses relays.</summary>
    public PathSelector Selector { get; }

    /// <summary>Circuits and streams.</summary>
    public CircuitPool Circuits { get; }

    /// <summary>How far the start is.</summary>
    public BootstrapProgress Progress => Directory.Progress;

    /// <summary>Begins to learn about the network, and to build circuits once it is known. <see cref="NetworkDirectory.WaitAsync"/> tells when.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Directory.Start();
        Circuits.Start();
        return Task.CompletedTask;
    }

    /// <summary>Closes everything, within five seconds.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        try
        {
            await EndAsync().WaitAsync(LongestEnd, _context.Time);
        }
        catch (TimeoutException)
        {
            ClientLog.SlowEnd(_logger);
        }
    }

    private async Task EndAsync()
    {
        await Circuits.DisposeAsync();
        _buildTimeout.Save();
        await Directory.DisposeAsync();
        await _source.DisposeAsync();
        await Links.DisposeAsync();
    }

    private async Task<Circuits.ICircuitLink> OpenLinkAsync(LinkTarget target, CancellationToken cancellationToken) =>
        await Links.GetAsync(target, cancellationToken);

    private static string? FileIn(ClientNodeOptions options, string name) =>
        options.DataDirectory is { } folder ? Path.Combine(folder, name) : null;

    private static void MakeDirectory(string? path)
    {
        if (path is null)
        {
            return;
        }

        try
        {
            PrivateFiles.CreateFolder(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TorException(TorErrorKind.Local,
                $"The data directory {path} cannot be used: {e.Message} Give a directory that this user may write to.", isTransient: false, e) { Cause = TorCause.DirectoryUnusable };
        }
    }
}
