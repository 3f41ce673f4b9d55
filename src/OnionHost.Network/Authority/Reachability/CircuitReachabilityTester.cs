using System.Net;
using OnionHost.Network.Circuits;
using OnionHost.Network.Directory;
using OnionHost.Network.Links;
using OnionHost.Network.Streams;
using OnionHost.Protocol;
using OnionHost.Protocol.Directory;

namespace OnionHost.Network.Authority.Reachability;

/// <summary>
/// Tests relays as clients would use them (dir-spec 3.4.2, Running): a TLS link of our own with its certificates, then a circuit
/// through the relay, by the keys of its descriptor, and a directory request to the hop behind it. It has a table of links for
/// itself: links that a relay opened to us prove nothing about its address.
/// </summary>
/// <param name="context">Time, randomness, logs.</param>
/// <param name="ends">Where tested relays have to extend to.</param>
internal sealed class CircuitReachabilityTester(NodeContext context, FarEnds ends) : IReachabilityTester, IAsyncDisposable
{
    /// <summary>Any directory answers it, if only with 404: a few cells.</summary>
    private const string Document = "/tor/keys/authority";

    private static readonly TimeSpan LongestTest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestCircuit = TimeSpan.FromSeconds(10);

    private readonly LinkTable _links = new(context, new LinkOptions());

    /// <inheritdoc/>
    public async Task<bool> TestAsync(ServerDescriptor descriptor, ReachabilityDepth depth, CancellationToken ct)
    {
        IPEndPoint[] addresses = [new(descriptor.Address, descriptor.OrPort), .. descriptor.ExtraAddresses];
        var relay = HopTarget.At(descriptor.Fingerprint, descriptor.Identity, descriptor.OnionKey, addresses);
        for (var i = 0; i < addresses.Length; i++)
        {
            var wanted = i == 0 ? depth : ReachabilityDepth.Link;
            if (!await TryAsync(LongestTest, stop => AnswersAsync(relay, addresses[i], wanted, stop), ct))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _links.DisposeAsync();

    private async Task<bool> AnswersAsync(HopTarget relay, IPEndPoint address, ReachabilityDepth depth, CancellationToken stop)
    {
        // Closed at once, so that the next test makes a new handshake.
        await using var link = await _links.GetAsync(new LinkTarget([address], relay.Fingerprint, relay.Identity), stop);
        return depth == ReachabilityDepth.Link || await CarriesAsync(link, relay, stop);
    }

    private async Task<bool> CarriesAsync(Link link, HopTarget relay, CancellationToken ct)
    {
        foreach (var end in ends.For(relay))
        {
            if (await TryAsync(LongestCircuit, stop => FetchAsync(link, relay, end, stop), ct))
            {
                ends.OnPassed(relay, end);
                return true;
            }
        }

        // If nobody ever got anywhere from here, that is not this relay's fault: it has to serve itself, at least.
        if (ends.WasReached || !await TryAsync(LongestCircuit, stop => FetchAsync(link, relay, end: null, stop), ct))
        {
            return false;
        }

        ends.OnPassed(relay, end: null);
        return true;
    }

    private async Task<bool> FetchAsync(Link link, HopTarget relay, HopTarget? end, CancellationToken stop)
    {
        await using var circuit = await ClientCircuit.CreateAsync(context, link, relay, stop);
        if (end is not null)
        {
            await circuit.ExtendAsync(end, stop);
        }

        try
        {
            await using var stream = await circuit.LastHop.OpenDirectoryAsync(stop);
            await DirectoryClient.GetAsync(stream.AsStream(), Document, headers: null, stop, DirectoryLimits.Head, isAnonymous: true);
        }
        catch (StreamException) when (circuit.IsOpen)
        {
            // No directory, but that it said so came back through the circuit.
        }

        return true;
    }

    /// <summary>False, too, if it takes too long or fails; only the caller's cancellation is thrown.</summary>
    private async Task<bool> TryAsync(TimeSpan limit, Func<CancellationToken, Task<bool>> attempt, CancellationToken ct)
    {
        using var timer = new CancellationTokenSource(limit, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, ct);
        try
        {
            return await attempt(either.Token);
        }
        catch (Exception fault) when (
            (fault is TorException or IOException or OperationCanceledException or ObjectDisposedException) && !ct.IsCancellationRequested)
        {
            return false;
        }
    }
}
