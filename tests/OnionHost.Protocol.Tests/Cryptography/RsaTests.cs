using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using OnionHost.Protocol.Cryptography;

namespace OnionHost.Protocol.Tests.Cryptography;

public sealed class RsaTests
{
    private static readonly RsaKeyPair Pair = RsaKeyPair.Generate(1024);

    public static TheoryData<string> Backend => BothBackends.Names;

    [SkippableTheory]
    [MemberData(nameof(Backend))]
    public void RawSignaturesVerify(string backend)
    {
        var chosen = BothBackends.Choose(backend);
        using var pair = RsaKeyPair.FromPem(Pair.ToPkcs1Pem(), chosen);
        foreach (var size in new[] { 0, 1, 20, 32, 117 })
        {
            var payload = SystemRandomSource.Instance.Bytes(size);
            var signature = pair.SignRaw(payload);
            Assert.Equal(Pair.SignRaw(payload), signature);
            Assert.True(Pair.Public.VerifyRaw(signature, payload));
            Assert.False(Pair.Public.VerifyRaw(signature, [.. payload, 0]));
            signature[64] ^= 1;
            Assert.False(Pair.Public.VerifyRaw(signature, payload));
        }

        Assert.Throws<ArgumentException>(() => pair.SignRaw(new byte[118]));
    }

    [Fact]
    public void ADigestInfoIsNotRaw()
    {
        using var rsa = Pair.CreateRsa();
        var digest = SHA1.HashData("x"u8);
        var signature = rsa.SignHash(digest, HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1);
        Assert.False(Pair.Public.VerifyRaw(signature, digest));
    }

    [Fact]
    public void PemAndPkcs8RoundTrip()
    {
        using var rsa = Pair.CreateRsa();
        using var again = RsaKeyPair.FromPkcs8Pem(rsa.ExportPkcs8PrivateKeyPem());
        using var once = RsaKeyPair.FromPkcs1Pem(Pair.ToPkcs1Pem());
        Assert.Equal(Pair.Public, again.Public);
        Assert.Equal(Pair.Public.GetHashCode(), once.Public.GetHashCode());
        Assert.StartsWith("-----BEGIN RSA PRIVATE KEY-----\n", Pair.ToPkcs1Pem(), StringComparison.Ordinal);
        Assert.Throws<TorException>(() => RsaKeyPair.FromPkcs1Pem("-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n"));
        Assert.Throws<TorException>(() => RsaKeyPair.FromPkcs1Pem("nothing"));
    }

    [Fact]
    public void FingerprintIsTheDigestOfThePublicKey()
    {
        using var rsa = Pair.CreateRsa();
        Assert.Equal(1024, Pair.Public.Bits);
        Assert.Equal(SHA1.HashData(rsa.ExportRSAPublicKey()), Pair.Public.Fingerprint.ToArray());
        var request = new CertificateRequest("CN=x", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1));
        Assert.True(certificate.HasPrivateKey);
    }

    [Fact]
    public void EveryCutOfThePublicKeyIsRefused()
    {
        var der = Pair.Public.Pkcs1.ToArray();
        Assert.Equal(Pair.Public, RsaPublicKey.FromPkcs1(der));
        for (var length = 0; length < der.Length; length++)
        {
            Assert.Throws<ProtocolException>(() => RsaPublicKey.FromPkcs1(der.AsSpan(0, length)));
        }

        Assert.Throws<ProtocolException>(() => RsaPublicKey.FromPkcs1([.. der, 0]));
    }

    [Fact]
    public void ChangedPublicKeysThrowNothingElse()
    {
        var der = Pair.Public.Pkcs1.ToArray();
        for (var i = 0; i < der.Length; i++)
        {
            foreach (var change in new byte[] { 1, 0x80, 0xff })
            {
                var changed = der.ToArray();
                changed[i] ^= change;
                try
                {
                    RsaPublicKey.FromPkcs1(changed);
                }
                catch (ProtocolException)
                {
                }
            }
        }
    }

    [Fact]
    public void OtherExponentsAndSmallKeysAreRefused()
    {
        using var small = RSA.Create(512);
        Assert.Throws<ProtocolException>(() => RsaPublicKey.FromPkcs1(small.ExportRSAPublicKey()));
        var der = Pair.Public.Pkcs1.ToArray();
        der[^1] = 3;
        Assert.Throws<ProtocolException>(() => RsaPublicKey.FromPkcs1(der));
    }
}
