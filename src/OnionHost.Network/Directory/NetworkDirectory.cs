namespace OnionHost.Network.Directory;

/// <summary>
/// Keeps a node's view of the network: bootstraps it, verifies it, stores it, and renews it in time (dir-spec 5).
/// </summary>
internal sealed class NetworkDirectory : IAsyncDisposable
{
    public NetworkDirectory(NodeContext context, NetworkDirectoryOptions options, IDirectorySource source, DirectoryStore? store = null)
    {
        _ = (context, options, source);
        Store = store ?? new DirectoryStore(context);
    }

    /// <summary>The newest view that has enough relays; null while bootstrapping.</summary>
    public NetworkView? Current => null;

    /// <summary>What was fetched, for a cache to serve.</summary>
    public DirectoryStore Store { get; }

    /// <summary>How far bootstrapping is.</summary>
    public BootstrapProgress Progress { get; private set; } = BootstrapProgress.Start;

    /// <summary>A newer view took the place of <see cref="Current"/>.</summary>
    public event Action<NetworkView>? Changed;

    /// <summary><see cref="Progress"/> is another.</summary>
    public event Action<BootstrapProgress>? ProgressChanged;

    /// <summary>Loads what is on disk, and begins to fetch and to renew.</summary>
    public void Start() => (Changed, ProgressChanged) = (null, null);

    /// <summary>Waits for the first view.</summary>
    public Task<NetworkView> WaitAsync(CancellationToken ct) => Task.FromException<NetworkView>(new NotSupportedException());

    /// <summary>Asks for a newer consensus now, and for what is missing.</summary>
    /// <exception cref="Protocol.TorException">It could not be had; the message says why and what to do.</exception>
    public Task RefreshAsync(CancellationToken ct) => Task.FromException(new NotSupportedException());

    /// <summary>Stops renewing.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
