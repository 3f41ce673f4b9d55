using OnionHost.Protocol.Certificates;
using OnionHost.Protocol.Cryptography;

namespace OnionHost.Protocol.Directory;

/// <summary>The keys that a relay's descriptor carries or is signed with (dir-spec 2.1.1). The caller owns them.</summary>
/// <param name="Identity">The RSA identity, 1024 bits.</param>
/// <param name="TapOnionKey">The RSA onion key, 1024 bits; rotate it together with <paramref name="OnionKey"/>.</param>
/// <param name="Signing">The Ed25519 signing key.</param>
/// <param name="SigningCertificate">Type 4: the master identity, which it includes, certifies <paramref name="Signing"/>.</param>
/// <param name="OnionKey">The key for ntor handshakes.</param>
public sealed record ServerDescriptorKeys(
    RsaKeyPair Identity, RsaKeyPair TapOnionKey, IEd25519Signer Signing, Ed25519Certificate SigningCertificate, X25519KeyPair OnionKey);
