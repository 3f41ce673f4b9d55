using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Handshakes;

namespace OnionHost.Network.Relays.Keys;

/// <summary>
/// The keys of circuit handshakes: ntor's, with the one before it while clients may still know only that, and the RSA key of the
/// old handshake, which is published because authorities demand it and never used.
/// </summary>
/// <param name="Rsa">The published RSA onion key.</param>
/// <param name="Ntor">The ntor keys that are answered.</param>
/// <param name="Since">When they were made.</param>
internal sealed record RelayOnionKeys(RsaKeyPair Rsa, NtorOnionKeys Ntor, DateTimeOffset Since)
{
    /// <summary>Makes new keys, keeping the ones before for a while.</summary>
    public static RelayOnionKeys Generate(IRandomSource random, DateTimeOffset now, RelayOnionKeys? before) =>
        new(RsaKeyPair.Generate(RelayIdentity.RsaBits), new NtorOnionKeys(X25519KeyPair.Generate(random), before?.Ntor.Current), now);

    /// <summary>The public part only.</summary>
    public override string ToString() => $"{Ntor} since {Since:u}";
}
