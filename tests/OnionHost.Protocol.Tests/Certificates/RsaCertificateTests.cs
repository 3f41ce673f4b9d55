using OnionHost.Protocol.Certificates;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;
using OnionHost.Tests.Shared;

namespace OnionHost.Protocol.Tests.Certificates;

public sealed class RsaCertificateTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 20, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_captured_identity_reads_and_verifies(int index)
    {
        var vector = Vectors.Load("certs.json").GetProperty("rsa_ed_crosscerts")[index];
        var identity = RsaLinkCertificate.Parse(vector.Hex("rsa_identity_x509_der"));
        var cross = RsaEd25519CrossCertificate.Parse(vector.Hex("crosscert"));

        Assert.Equal(vector.Hex("rsa_pkcs1_der"), identity.Key.Pkcs1.ToArray());
        Assert.Equal(vector.Hex("rsa_id_sha1"), identity.Key.Fingerprint.ToArray());
        Assert.True(identity.Verify(identity.Key, identity.NotBefore));
        Assert.Equal(vector.Hex("ed25519_key"), cross.Identity.ToArray());
        Assert.Equal(vector.GetProperty("expiration_hours").GetInt64() * 3600, cross.Expiration.ToUnixTimeSeconds());
        Assert.True(cross.Verify(identity.Key, identity.NotBefore));
        Assert.False(cross.Verify(identity.Key, cross.Expiration + TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void A_created_identity_verifies_within_its_time_and_slop()
    {
        using var key = RsaKeyPair.Generate(1024);
        var certificate = RsaLinkCertificate.Parse(
            RsaLinkCertificate.CreateIdentity(key, Now, Now + TimeSpan.FromDays(10), SystemRandomSource.Instance));

        Assert.Equal(key.Public, certificate.Key);
        Assert.True(certificate.Verify(key.Public, Now - TimeSpan.FromDays(29)));
        Assert.False(certificate.Verify(key.Public, Now - TimeSpan.FromDays(31)));
        Assert.True(certificate.Verify(key.Public, Now + TimeSpan.FromDays(11)));
        Assert.False(certificate.Verify(key.Public, Now + TimeSpan.FromDays(13)));
    }

    [Fact]
    public void A_changed_or_cut_identity_does_not_verify()
    {
        using var key = RsaKeyPair.Generate(1024);
        var der = RsaLinkCertificate.CreateIdentity(key, Now, Now + TimeSpan.FromDays(10), SystemRandomSource.Instance);
        for (var i = 0; i < der.Length; i++)
        {
            var changed = der.ToArray();
            changed[i] ^= 0x20;
            Assert.False(Verifies(changed, key.Public), $"byte {i}");
            Assert.False(Verifies(der[..i], key.Public), $"cut at {i}");
        }

        Assert.False(Verifies([.. der, 0], key.Public));
    }

    [Fact]
    public void A_cross_certificate_verifies_until_any_byte_changes()
    {
        using var key = RsaKeyPair.Generate(1024);
        var identity = new Ed25519Identity(SystemRandomSource.Instance.Bytes(32));
        var certificate = RsaEd25519CrossCertificate.Create(key, identity, Now);

        Assert.True(certificate.Verify(key.Public, Now));
        Assert.Equal(identity, certificate.Identity);
        for (var i = 0; i < certificate.Bytes.Length; i++)
        {
            var changed = certificate.Bytes.ToArray();
            changed[i] ^= 1;
            Assert.NotEqual(true, Try(() => RsaEd25519CrossCertificate.Parse(changed).Verify(key.Public, Now)));
        }
    }

    private static bool Verifies(byte[] der, RsaPublicKey key) => Try(() => RsaLinkCertificate.Parse(der).Verify(key, Now)) == true;

    private static bool? Try(Func<bool> check)
    {
        try
        {
            return check();
        }
        catch (ProtocolException)
        {
            return null;
        }
    }
}
