using OnionHost.Rendezvous.Nodes;

namespace OnionHost.LocalNetwork;

/// <summary>A relay, or an authority with the relay beneath it; ends once.</summary>
internal sealed class RunningNode(RelayServer server, AuthorityServer? authority, bool isExit) : IAsyncDisposable
{
    private readonly Lazy<Task> _end = new(() => ((IAsyncDisposable?)authority ?? server).DisposeAsync().AsTask());

    /// <summary>The relay.</summary>
    public RelayServer Server => server;

    /// <summary>The authority; null for a relay.</summary>
    public AuthorityServer? Authority => authority;

    /// <summary>True for an exit.</summary>
    public bool IsExit => isExit;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => new(_end.Value);
}
