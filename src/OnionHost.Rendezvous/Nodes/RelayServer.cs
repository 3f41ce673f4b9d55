using OnionHost.Dht.Storage;
using OnionHost.Network;
using OnionHost.Network.Congestion;
using OnionHost.Network.Directory;
using OnionHost.Network.Relays;
using OnionHost.Network.Relays.Keys;
using OnionHost.Network.Relays.Publication;
using OnionHost.Protocol.Directory;
using OnionHost.Rendezvous.Relays;

namespace OnionHost.Rendezvous.Nodes;

/// <summary>
/// A relay with its roles: exit, directory cache, HSDir, introduction point and rendezvous point. It listens first, so that its
/// ports are known, and joins a network then.
/// </summary>
internal sealed class RelayServer : IAsyncDisposable
{
    /// <summary>A day of the public network: clients that were away for longer fetch the whole.</summary>
    private const int OldConsensuses = 24;

    private readonly NodeContext _context;
    private readonly RelayServerOptions _options;
    private readonly List<IDirectoryResource> _resources = [];
    private readonly DirectoryPort? _dirPort;
    private DescriptorPublisher? _publisher;

    /// <summary>Loads or makes the keys, and binds the DirPort.</summary>
    /// <exception cref="Protocol.TorException">The data directory is locked or cannot be used, or the port is taken.</exception>
    public RelayServer(NodeContext context, RelayServerOptions options)
    {
        _context = context;
        _options = options;
        Keys = options.DataDirectory is { } folder ? RelayKeys.LoadOrCreate(context, folder, leafKind: options.LinkLeaf) : RelayKeys.Generate(context, leafKind: options.LinkLeaf);
        Store = new DirectoryStore(context) { OldConsensuses = OldConsensuses };
        var server = new DirectoryServer(context, _resources);
        try
        {
            _dirPort = options.DirListen is { } listen ? new DirectoryPort(context, server, listen) : null;
        }
        catch
        {
            Keys.Dispose();
            throw;
        }

        Relay = new Relay(context, options.Relay with { DirPort = _dirPort?.EndPoint.Port ?? 0 }, Keys, () => Directory?.Current);
        Relay.Roles.Add(Introductions = new IntroductionPointRole(context));
        Relay.Roles.Add(Rendezvous = new RendezvousPointRole());
        Relay.StreamRoles.Add(new DirectoryStreamRole(context, server));
        AddResources();
    }

    /// <summary>An authority refuses its descriptor for good; the text says why.</summary>
    public event Action<DirectoryAuthority, string>? Refused;

    /// <summary>Its identity and other keys.</summary>
    public RelayKeys Keys { get; }

    /// <summary>What accepts links and routes cells.</summary>
    public Relay Relay { get; }

    /// <summary>The services that it introduces clients to.</summary>
    public IntroductionPointRole Introductions { get; }

    /// <summary>The clients that wait for services here.</summary>
    public RendezvousPointRole Rendezvous { get; }

    /// <summary>The onion services' descriptors that it keeps; null if it is no HSDir.</summary>
    public HsDirResource? Descriptors { get; private set; }

    /// <summary>The documents that it serves.</summary>
    public DirectoryStore Store { get; }

    /// <summary>Its view of the network; null before <see cref="Join"/>.</summary>
    public NetworkDirectory? Directory { get; private set; }

    /// <summary>Where it accepts plain directory requests; null without a DirPort.</summary>
    public System.Net.IPEndPoint? DirEndPoint => _dirPort?.EndPoint;

    /// <summary>Completes when most authorities have its descriptor.</summary>
    public Task Published => _publisher?.Published ?? throw new InvalidOperationException("The relay has not joined a network.");

    /// <summary>Serves one more kind of document; before <see cref="ListenAsync"/>. What was added last is asked first.</summary>
    public void AddResource(IDirectoryResource resource) => _resources.Insert(0, resource);

    /// <summary>Accepts links and directory requests.</summary>
    public async Task ListenAsync(CancellationToken cancellationToken)
    {
        await Relay.StartAsync(cancellationToken).ConfigureAwait(false);
        _dirPort?.Start();
    }

    /// <summary>Publishes the descriptor, and follows the network's consensus.</summary>
    public void Join(IReadOnlyList<DirectoryAuthority> authorities)
    {
        _publisher = new DescriptorPublisher(_context, authorities, Describe);
        _publisher.Refused += (authority, reason) => Refused?.Invoke(authority, reason);
        Keys.Changed += _publisher.MarkDirty;
        Relay.Changed += _publisher.MarkDirty;
        _publisher.Start();
        Directory = new NetworkDirectory(
            _context,
            new NetworkDirectoryOptions { Authorities = authorities, DataDirectory = _options.DataDirectory, IsCache = true },
            new AuthoritySource(_context, authorities) { ClockHeard = Relay.Links.Clocks.Hear },
            Store);
        Relay.Congestion = () => Directory.Current is { } view ? view.Congestion : CongestionParameters.Default;
        Directory.Changed += Relay.Follow;
        Directory.Changed += view => Introductions.OnParameters(view.Parameters);
        Directory.Start();
    }

    /// <summary>Closes every link and port.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_publisher is not null)
        {
            Keys.Changed -= _publisher.MarkDirty;
            Relay.Changed -= _publisher.MarkDirty;
            await _publisher.DisposeAsync().ConfigureAwait(false);
        }

        if (Directory is not null)
        {
            await Directory.DisposeAsync().ConfigureAwait(false);
        }

        await Relay.DisposeAsync().ConfigureAwait(false);
        if (_dirPort is not null)
        {
            await _dirPort.DisposeAsync().ConfigureAwait(false);
        }

        Keys.Dispose();
    }

    private void AddResources()
    {
        if (_options.Relay.IsHsDir)
        {
            _resources.Add(Descriptors = new HsDirResource(_context));
        }

        if (_options.Relay.IsDirectoryCache)
        {
            _resources.Add(new DirectoryCacheResource(_context, Store));
        }
    }

    private RelayDocuments Describe()
    {
        var documents = Relay.Describe();
        Store.Own = documents.Descriptor;
        return documents;
    }
}
