using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Directory.Consensuses;

/// <summary>One authority's signature under a vote or a consensus (dir-spec 3.4.1, 3.9.2).</summary>
/// <param name="Algorithm">What was hashed with: <c>sha1</c> or <c>sha256</c>.</param>
/// <param name="Identity">SHA-1 of the authority's v3 identity key, 20 bytes.</param>
/// <param name="SigningKeyDigest">SHA-1 of the signing key that signed, 20 bytes.</param>
/// <param name="Signature">Raw RSA over the digest, as long as the key (128 to 512 bytes).</param>
public sealed record DirectorySignature(
    string Algorithm, RelayFingerprint Identity, Digest160 SigningKeyDigest, ReadOnlyMemory<byte> Signature);
