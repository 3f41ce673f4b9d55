using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Certificates;

/// <summary>Who a CERTS cell says its sender is, after every certificate was verified.</summary>
/// <param name="RsaKey">Its RSA identity key.</param>
/// <param name="Identity">Its Ed25519 master identity.</param>
/// <param name="AuthenticationKey">The key that must sign its AUTHENTICATE; null for a responder.</param>
public sealed record LinkIdentity(RsaPublicKey RsaKey, Ed25519Identity Identity, Ed25519Identity? AuthenticationKey)
{
    /// <summary>Its RSA identity.</summary>
    public RelayFingerprint Fingerprint => RsaKey.Fingerprint;
}
