namespace OnionHost.Network.Links;

/// <summary>The links of one node: one per relay identity, opened on demand, closed when idle.</summary>
internal sealed class LinkTable : IAsyncDisposable
{
    /// <summary>Starts without links.</summary>
    public LinkTable(NodeContext context, LinkOptions options)
    {
        _ = (context, options);
    }

    /// <summary>Takes the circuits that peers open; null answers DESTROY.</summary>
    public ILinkAcceptor? Acceptor { get; set; }

    /// <summary>The open links, a snapshot.</summary>
    public IReadOnlyCollection<Link> Links => throw new NotImplementedException();

    /// <summary>An open link to the relay: one that is there, or a new one.</summary>
    /// <exception cref="LinkException">None of its addresses answered, or with another identity.</exception>
    public Task<Link> GetAsync(LinkTarget target, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Closes every link.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
