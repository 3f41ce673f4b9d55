namespace OnionHost.Protocol.Cryptography;

/// <summary>Signing into a new array.</summary>
public static class Ed25519SignerExtensions
{
    /// <summary>The signature of <paramref name="message"/>, 64 bytes.</summary>
    public static byte[] Sign(this IEd25519Signer signer, ReadOnlySpan<byte> message)
    {
        ArgumentNullException.ThrowIfNull(signer);
        var signature = new byte[Ed25519.SignatureSize];
        signer.Sign(message, signature);
        return signature;
    }
}
