using OnionHost.Dht.Descriptors;
using OnionHost.Dht.Fetching;
using OnionHost.Network.Circuits;
using OnionHost.Network.Congestion;
using OnionHost.Network.Paths;
using OnionHost.Protocol;
using OnionHost.Protocol.Messages;

namespace OnionHost.Rendezvous.Dialing;

/// <summary>Looks services up in the network's descriptor directories.</summary>
internal sealed class ServiceDirectory(DescriptorFetcher fetcher, Func<CongestionParameters?> congestion) : IServiceDirectory
{
    /// <inheritdoc/>
    public async Task<ServiceView> FindAsync(OnionHostName name, IsolationKey isolation, Freshness freshness, CancellationToken cancellationToken)
    {
        using var key = name.Cookie?.DescriptorKey();
        var found = await fetcher.FetchAsync(name.Address, key, isolation, cancellationToken).ConfigureAwait(false);
        if (freshness != Freshness.Known)
        {
            var again = freshness == Freshness.NewerAtOnce;
            found = await fetcher.RefetchAsync(found, name.Address, key, isolation, again, cancellationToken).ConfigureAwait(false) ?? found;
        }

        return new ServiceView([.. found.Content.IntroductionPoints.Select(ToTarget).OfType<IntroductionTarget>()], found.Subcredential, found.Revision)
        {
            Congestion = Terms(found.Content.FlowControl, congestion()),
        };
    }

    /// <inheritdoc/>
    public async Task ReachedAsync(OnionHostName name, IsolationKey isolation, CancellationToken cancellationToken)
    {
        using var key = name.Cookie?.DescriptorKey();
        await fetcher.ReachedAsync(name.Address, key, isolation, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What to ask of a service that makes this offer. An increment too far from the network's is no offer.</summary>
    internal static CongestionTerms? Terms(FlowControlOffer? offer, CongestionParameters? network) =>
        offer is { SendmeIncrement: var increment } && network?.Accepts(increment) == true ? new CongestionTerms(network, increment) : null;

    /// <summary>Null if the point names no relay that a circuit could go to.</summary>
    private static IntroductionTarget? ToTarget(IntroductionPointInfo point)
    {
        try
        {
            return LinkSpecifiers.Fingerprint(point.Specifiers) is { } fingerprint
                ? new IntroductionTarget(
                    new HopTarget(fingerprint, LinkSpecifiers.Ed25519(point.Specifiers), point.OnionKey, point.Specifiers),
                    point.AuthKey,
                    point.EncryptionKey)
                : null;
        }
        catch (ProtocolException)
        {
            return null;
        }
    }
}
