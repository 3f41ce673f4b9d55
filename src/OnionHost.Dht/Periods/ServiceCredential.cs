using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;

namespace OnionHost.Dht.Periods;

/// <summary>The subcredential: who knows the address can compute it, a directory that knows the blinded key cannot (rend-spec-v3 2.1).</summary>
internal static class ServiceCredential
{
    /// <summary>Bytes of a subcredential.</summary>
    public const int Size = 32;

    /// <summary>The subcredential of a service under a blinded key, 32 bytes.</summary>
    public static byte[] Subcredential(in Ed25519Identity identity, in BlindedKey blinded)
    {
        Span<byte> credential = stackalloc byte[Size];
        new Sha3Hasher().Append("credential"u8).Append(identity.Span).Finish(credential);
        var subcredential = new byte[Size];
        new Sha3Hasher().Append("subcredential"u8).Append(credential).Append(blinded.Span).Finish(subcredential);
        return subcredential;
    }
}
