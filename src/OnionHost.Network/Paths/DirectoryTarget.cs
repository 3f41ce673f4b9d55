using OnionHost.Network.Circuits;
using OnionHost.Network.Directory;
using OnionHost.Network.Links;
using OnionHost.Network.Networks;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Paths;

/// <summary>A directory to ask.</summary>
/// <param name="Link">How to reach it.</param>
/// <param name="Fingerprint">Its RSA identity.</param>
/// <param name="Hop">With its onion key; null while that is not known.</param>
internal sealed record DirectoryTarget(LinkTarget Link, RelayFingerprint Fingerprint, HopTarget? Hop)
{
    /// <summary>What requests call it: its address and onion router port.</summary>
    public string Host => Link.Addresses.Count > 0 ? Link.Addresses[0].ToString() : string.Empty;

    /// <summary>A relay of the consensus.</summary>
    public static DirectoryTarget Of(RelayNode node) => new(node.ToLinkTarget(), node.Fingerprint, node.ToHop());

    /// <summary>A fallback directory; with its onion key if the consensus is known.</summary>
    public static DirectoryTarget Of(FallbackDirectory fallback, NetworkView? view) =>
        view?.Find(fallback.Fingerprint) is { } node
            ? Of(node)
            : new(new LinkTarget(fallback.Addresses, fallback.Fingerprint, null), fallback.Fingerprint, null);

    /// <summary>An authority; with its onion key if the consensus is known.</summary>
    public static DirectoryTarget Of(DirectoryAuthority authority, NetworkView? view) =>
        view?.Find(authority.Fingerprint) is { } node
            ? Of(node)
            : new(new LinkTarget([authority.OrPort], authority.Fingerprint, null), authority.Fingerprint, null);
}
