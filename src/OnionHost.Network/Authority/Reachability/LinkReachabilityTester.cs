using System.Net;
using OnionHost.Network.Links;
using OnionHost.Protocol;
using OnionHost.Protocol.Directory;

namespace OnionHost.Network.Authority.Reachability;

/// <summary>
/// Tests relays by a TLS link of our own and its certificates (dir-spec 3.4.2, Running). It has a table of links for
/// itself: links that a relay opened to us prove nothing about its address.
/// </summary>
internal sealed class LinkReachabilityTester(NodeContext context, LinkTable links) : IReachabilityTester, IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>Opens links as a client would.</summary>
    public LinkReachabilityTester(NodeContext context)
        : this(context, new LinkTable(context, new LinkOptions()))
    {
    }

    /// <inheritdoc/>
    public async Task<bool> TestAsync(ServerDescriptor descriptor, CancellationToken ct)
    {
        foreach (var address in descriptor.ExtraAddresses.Prepend(new IPEndPoint(descriptor.Address, descriptor.OrPort)))
        {
            if (!await TestAsync(new LinkTarget([address], descriptor.Fingerprint, descriptor.Identity), ct))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => links.DisposeAsync();

    private async Task<bool> TestAsync(LinkTarget target, CancellationToken ct)
    {
        using var timer = new CancellationTokenSource(Limit, context.Time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, ct);
        try
        {
            // Closed at once, so that the next test makes a new handshake.
            await using var link = await links.GetAsync(target, limit.Token);
            return true;
        }
        catch (Exception fault) when ((fault is TorException or OperationCanceledException or ObjectDisposedException) && !ct.IsCancellationRequested)
        {
            return false;
        }
    }
}
