using System.Net;
using OnionHost.Protocol.Identities;

namespace OnionHost.Network.Links;

/// <summary>A relay to link to.</summary>
/// <param name="Addresses">Where it accepts links, best first; at least one.</param>
/// <param name="Fingerprint">The RSA identity it must have; null takes any.</param>
/// <param name="Identity">The Ed25519 identity it must have; null takes any.</param>
internal sealed record LinkTarget(IReadOnlyList<IPEndPoint> Addresses, RelayFingerprint? Fingerprint, Ed25519Identity? Identity);
