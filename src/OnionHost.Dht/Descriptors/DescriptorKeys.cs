using OnionHost.Dht.Periods;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;

namespace OnionHost.Dht.Descriptors;

/// <summary>The keys of a service's descriptor in one time period. Disposing zeroises the secrets.</summary>
internal sealed class DescriptorKeys : IDisposable
{
    private readonly Ed25519ExpandedKey _blinded;

    internal DescriptorKeys(Ed25519Identity identity, Ed25519ExpandedKey blinded, IEd25519Signer signing, TimePeriod period)
    {
        _blinded = blinded;
        Signing = signing;
        Period = period;
        Key = new BlindedKey(blinded.Public.Span);
        Subcredential = ServiceCredential.Subcredential(identity, Key);
    }

    /// <summary>The period that the keys are for.</summary>
    public TimePeriod Period { get; }

    /// <summary>The blinded public key, under which directories keep the descriptor.</summary>
    public BlindedKey Key { get; }

    /// <summary>32 bytes.</summary>
    public ReadOnlyMemory<byte> Subcredential { get; }

    /// <summary>Signs the descriptor and certifies the introduction points' keys.</summary>
    public IEd25519Signer Signing { get; }

    /// <summary>Signs <see cref="Signing"/>.</summary>
    public IEd25519Signer Blinded => _blinded;

    /// <summary>Blinds an identity for a period and makes a fresh signing key.</summary>
    public static DescriptorKeys Create(Ed25519ExpandedKey identity, TimePeriod period, IRandomSource random) =>
        new(identity.Public, KeyBlinding.BlindSecret(identity, period), Ed25519KeyPair.Generate(random), period);

    public void Dispose()
    {
        _blinded.Dispose();
        (Signing as IDisposable)?.Dispose();
    }
}
