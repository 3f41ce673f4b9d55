using System.Security.Cryptography;

namespace OnionHost.Protocol.Cryptography;

/// <summary>PKCS#1 v1.5 signatures without DigestInfo, which the base class library cannot make.</summary>
internal abstract class RawRsaSigner : IDisposable
{
    /// <summary>Fills <paramref name="signature"/>, as long as the modulus.</summary>
    public abstract void Sign(ReadOnlySpan<byte> payload, Span<byte> signature);

    public abstract void Dispose();

    public static RawRsaSigner Create(RSA rsa, CryptographyBackend backend)
    {
        var parameters = rsa.ExportParameters(includePrivateParameters: true);
        try
        {
            return backend == CryptographyBackend.OpenSsl && OperatingSystem.IsLinux()
                ? new OpenSslRawRsaSigner(parameters)
                : new ManagedRawRsaSigner(parameters);
        }
        finally
        {
            RsaKeyPair.Zero(parameters);
        }
    }
}
