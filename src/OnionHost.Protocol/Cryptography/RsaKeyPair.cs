using System.Security.Cryptography;

namespace OnionHost.Protocol.Cryptography;

/// <summary>An RSA key pair: a relay's or authority's identity, or an authority's signing key. Safe for concurrent use.</summary>
public sealed class RsaKeyPair : IDisposable
{
    private readonly RSA _rsa;
    private readonly RawRsaSigner _signer;

    private RsaKeyPair(RSA rsa, CryptographyBackend backend)
    {
        _rsa = rsa;
        Public = RsaPublicKey.FromPkcs1(rsa.ExportRSAPublicKey());
        _signer = RawRsaSigner.Create(rsa, backend);
    }

    /// <summary>The public key.</summary>
    public RsaPublicKey Public { get; }

    /// <summary>A fresh key of <paramref name="bits"/> bits: 1024 for a relay's identity (tor-spec 0.3), 2048 or 3072 for authorities.</summary>
    public static RsaKeyPair Generate(int bits)
    {
        var rsa = RSA.Create(bits);

        // OpenSSL makes the key lazily; exporting it makes it exist.
        rsa.ExportRSAPublicKey();
        return new RsaKeyPair(rsa, Backends.Preferred);
    }

    /// <summary>Reads <c>BEGIN PRIVATE KEY</c>.</summary>
    /// <exception cref="TorException">It is not an unencrypted RSA key in that form.</exception>
    public static RsaKeyPair FromPkcs8Pem(string pem) => FromPem(pem, Backends.Preferred);

    /// <summary>Reads <c>BEGIN RSA PRIVATE KEY</c>, the form of the files under <c>keys/</c>.</summary>
    /// <exception cref="TorException">It is not an unencrypted RSA key in that form.</exception>
    public static RsaKeyPair FromPkcs1Pem(string pem) => FromPem(pem, Backends.Preferred);

    /// <summary>The private key as <c>BEGIN RSA PRIVATE KEY</c>.</summary>
    public string ToPkcs1Pem() => _rsa.ExportRSAPrivateKeyPem() + "\n";

    /// <summary>Signs with PKCS#1 v1.5 padding (type 1) over <paramref name="payload"/> itself, usually a digest of 20 or 32 bytes.</summary>
    /// <returns>As many bytes as the modulus has.</returns>
    public byte[] SignRaw(ReadOnlySpan<byte> payload)
    {
        var signature = new byte[(Public.Bits + 7) / 8];
        if (payload.Length > signature.Length - 11)
        {
            throw new ArgumentException("The payload does not fit into the key's modulus.", nameof(payload));
        }

        _signer.Sign(payload, signature);
        return signature;
    }

    /// <summary>A separate object of the base class library with the same private key, for X.509; the caller disposes it.</summary>
    public RSA CreateRsa()
    {
        var copy = RSA.Create();
        var parameters = _rsa.ExportParameters(includePrivateParameters: true);
        copy.ImportParameters(parameters);
        Zero(parameters);
        return copy;
    }

    /// <summary>Frees the key.</summary>
    public void Dispose()
    {
        _signer.Dispose();
        _rsa.Dispose();
    }

    /// <summary>The public key's fingerprint only.</summary>
    public override string ToString() => $"RSA {Public}";

    internal static RsaKeyPair FromPem(string pem, CryptographyBackend backend)
    {
        var rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(pem);
            return new RsaKeyPair(rsa, backend);
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException or ProtocolException)
        {
            rsa.Dispose();
            throw new TorException(TorErrorKind.Local, "Not an unencrypted RSA private key of 1024 to 4096 bits in PEM form.", innerException: e);
        }
    }

    internal static void Zero(in RSAParameters parameters)
    {
        CryptographicOperations.ZeroMemory(parameters.D);
        CryptographicOperations.ZeroMemory(parameters.P);
        CryptographicOperations.ZeroMemory(parameters.Q);
        CryptographicOperations.ZeroMemory(parameters.DP);
        CryptographicOperations.ZeroMemory(parameters.DQ);
        CryptographicOperations.ZeroMemory(parameters.InverseQ);
    }
}
