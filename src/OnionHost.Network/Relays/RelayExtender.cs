using OnionHost.Network.Circuits;
using OnionHost.Network.Links;
using OnionHost.Protocol;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Messages;

namespace OnionHost.Network.Relays;

/// <summary>Finds the relay that a circuit is to be extended to, and a link to it (tor-spec 5.3).</summary>
/// <param name="identity">Who we are.</param>
/// <param name="connect">Gives a link to a relay.</param>
/// <param name="allowPrivateAddresses">True in private networks.</param>
/// <param name="timeout">For the link and the next relay's answer together.</param>
/// <param name="known">The network's relays, for the identity that clients leave out; null for a relay without a network.</param>
internal sealed class RelayExtender(
    CircuitIdentity identity,
    Func<LinkTarget, CancellationToken, Task<ICircuitLink>> connect,
    bool allowPrivateAddresses,
    TimeSpan timeout,
    KnownRelays? known = null)
{
    public TimeSpan Timeout => timeout;

    /// <summary>Checks where an EXTEND2 leads.</summary>
    /// <exception cref="ProtocolException">To nobody, to ourselves, back, or into a private network.</exception>
    public LinkTarget Check(in Extend2Message message, LinkPeer previous)
    {
        var fingerprint = LinkSpecifiers.Fingerprint(message.Specifiers);
        var ed25519 = LinkSpecifiers.Ed25519(message.Specifiers);
        if (fingerprint is not { IsZero: false } wanted)
        {
            throw new ProtocolException("EXTEND2 names no relay.");
        }

        var other = ed25519 is { IsZero: false } ? ed25519 : known?.IdentityOf(wanted);
        if (wanted == identity.Fingerprint || other == identity.Identity)
        {
            throw new ProtocolException("EXTEND2 leads to this relay itself.");
        }

        if (wanted == previous.Fingerprint || (other is not null && other == previous.Identity))
        {
            throw new ProtocolException("EXTEND2 leads back to the previous hop.");
        }

        var addresses = LinkSpecifiers.EndPoints(message.Specifiers)
            .Where(a => a.Port != 0 && (allowPrivateAddresses || !PrivateNetworks.Contains(a.Address))).ToArray();
        return addresses.Length > 0
            ? new LinkTarget(addresses, wanted, other)
            : throw new ProtocolException("EXTEND2 gives no address that can be used.");
    }

    public Task<ICircuitLink> ConnectAsync(LinkTarget target, CancellationToken cancellationToken) => connect(target, cancellationToken);
}
