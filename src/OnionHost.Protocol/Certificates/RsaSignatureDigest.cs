using System.Security.Cryptography;

namespace OnionHost.Protocol.Certificates;

/// <summary>The digest of an X.509 signature with RSA, in its DigestInfo wrapping (RFC 8017 9.2).</summary>
internal sealed class RsaSignatureDigest
{
    private readonly byte[] _prefix;
    private readonly Func<byte[], byte[]> _hash;

    private RsaSignatureDigest(string prefix, Func<byte[], byte[]> hash)
    {
        _prefix = Convert.FromHexString(prefix);
        _hash = hash;
    }

    /// <summary>The digest that a signature algorithm uses.</summary>
    /// <exception cref="ProtocolException">It is not RSA with SHA-1, SHA-256, SHA-384 or SHA-512.</exception>
    public static RsaSignatureDigest FromOid(string oid) => oid switch
    {
        "1.2.840.113549.1.1.5" => new("3021300906052b0e03021a05000414", SHA1.HashData),
        "1.2.840.113549.1.1.11" => new("3031300d060960864801650304020105000420", SHA256.HashData),
        "1.2.840.113549.1.1.12" => new("3041300d060960864801650304020205000430", SHA384.HashData),
        "1.2.840.113549.1.1.13" => new("3051300d060960864801650304020305000440", SHA512.HashData),
        _ => throw new ProtocolException("An X.509 certificate has a signature of an unknown kind."),
    };

    /// <summary>DigestInfo around the digest of <paramref name="signed"/>.</summary>
    public byte[] Compute(byte[] signed) => [.. _prefix, .. _hash(signed)];
}
