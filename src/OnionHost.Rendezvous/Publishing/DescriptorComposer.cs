using OnionHost.Dht.Descriptors;
using OnionHost.Network;
using OnionHost.Network.Congestion;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;
using OnionHost.Rendezvous.Cookies;
using OnionHost.Rendezvous.Introductions;
using OnionHost.Rendezvous.Services;

namespace OnionHost.Rendezvous.Publishing;

/// <summary>Puts together what a service's descriptors say: where it is introduced, on which terms, and who can read it.</summary>
internal sealed class DescriptorComposer(
    NodeContext context, OnionServiceOptions options, CookieRegistry cookies, IntroductionPointSet points, Func<CongestionParameters?> congestion)
{
    private FlowControlOffer? _offered;

    /// <summary>True if the network's flow control is not what was last composed: stock visitors refuse a descriptor with another increment.</summary>
    public bool IsOutdated => _offered != Offer();

    /// <summary>What to publish now; null while no introduction points stand.</summary>
    public DescriptorContent? Compose()
    {
        var standing = points.Standing;
        if (!points.IsSettled || standing.Count == 0)
        {
            return null;
        }

        var descriptor = new OnionDescriptor
        {
            IntroductionPoints = [.. standing.Select(ToInfo)],
            FlowControl = _offered = Offer(),
            RequiresIntroductionAuth = options is { RequireCookie: true, AllowDescriptorOnlyCookies: false },
        };
        return new DescriptorContent(descriptor, Readers());
    }

    private static IntroductionPointInfo ToInfo(IntroductionPoint point) => new(
        point.Circuit.Relay.Specifiers, point.Circuit.Relay.OnionKey, point.Keys.Auth.Public, point.Keys.Encryption.Public);

    private FlowControlOffer? Offer() => congestion() is { } parameters ? new FlowControlOffer(parameters.SendmeIncrement) : null;

    /// <summary>Who can read the descriptor. With no cookie issued yet nobody can: a list of nobody would mean everybody.</summary>
    private IReadOnlyList<Curve25519PublicKey> Readers()
    {
        if (!options.RequireCookie)
        {
            return [];
        }

        var keys = cookies.DescriptorKeys();
        if (keys.Count > 0)
        {
            return keys;
        }

        using var nobody = X25519KeyPair.Generate(context.Random);
        return [nobody.Public];
    }
}
