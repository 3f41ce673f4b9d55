using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Cryptography;

/// <summary>Signs with an Ed25519 key, whether it is held as a seed or expanded (blinded keys have no seed).</summary>
public interface IEd25519Signer
{
    /// <summary>The key that verifies the signatures.</summary>
    Ed25519Identity Public { get; }

    /// <summary>Writes the signature of <paramref name="message"/>, 64 bytes.</summary>
    void Sign(ReadOnlySpan<byte> message, Span<byte> signature);
}
