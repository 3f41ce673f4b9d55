using OnionHost.Protocol.Certificates;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;
using OnionHost.Tests.Shared;

namespace OnionHost.Protocol.Tests.Certificates;

public sealed class Ed25519CertificateTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 20, 0, TimeSpan.Zero);

    public static TheoryData<int> Captured() => new(Enumerable.Range(0, Vectors.Load("certs.json").GetProperty("ed25519_certs").GetArrayLength()));

    [Theory]
    [MemberData(nameof(Captured))]
    public void A_captured_certificate_reads_and_verifies(int index)
    {
        var vector = Vectors.Load("certs.json").GetProperty("ed25519_certs")[index];
        var certificate = Ed25519Certificate.Parse(vector.Hex("cert"));
        var key = new Ed25519Identity(vector.Hex("verify_with"));
        var end = DateTimeOffset.FromUnixTimeSeconds(vector.GetProperty("expiration_hours").GetInt64() * 3600);

        Assert.Equal(vector.GetProperty("cert_type").GetInt32(), (int)certificate.Type);
        Assert.Equal(vector.GetProperty("key_type").GetInt32(), certificate.KeyType);
        Assert.Equal(vector.Hex("certified_key"), certificate.CertifiedKey.ToArray());
        Assert.Equal(end, certificate.Expiration);
        Assert.Equal(vector.GetProperty("extensions").GetArrayLength() > 0 ? key : null, certificate.SigningKey);
        Assert.Equal(vector.GetProperty("valid_signature").GetBoolean(), certificate.Verify(key, end));
        Assert.False(certificate.Verify(key, end + TimeSpan.FromSeconds(1)));
        Assert.False(certificate.VerifySignature(certificate.CertifiedKey));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_created_certificate_verifies_until_any_byte_changes(bool includeSigningKey)
    {
        using var signer = Ed25519KeyPair.Generate(SystemRandomSource.Instance);
        using var key = Ed25519KeyPair.Generate(SystemRandomSource.Instance);
        var certificate = Ed25519Certificate.Create(Ed25519CertificateType.SigningKey, key.Public, Now, signer, includeSigningKey);

        Assert.True(certificate.Verify(signer.Public, Now));
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 13, 0, 0, TimeSpan.Zero), certificate.Expiration);
        Assert.Equal(includeSigningKey, certificate.VerifySelfContained(Now));
        for (var i = 0; i < certificate.Bytes.Length; i++)
        {
            var changed = certificate.Bytes.ToArray();
            changed[i] ^= 1;
            Assert.False(Verifies(changed, signer.Public), $"byte {i}");
            Assert.False(Verifies(certificate.Bytes[..i].ToArray(), signer.Public), $"cut at {i}");
        }

        Assert.Throws<ProtocolException>(() => Ed25519Certificate.Parse([.. certificate.Bytes.Span, 0]));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void An_unknown_extension_is_refused_if_it_affects_validation(byte flags, bool accepted)
    {
        byte[] bytes = [1, 4, 0, 8, 0, 0, 1, .. new byte[32], 1, 0, 1, 99, flags, 42, .. new byte[64]];

        Assert.Equal(accepted, Record.Exception(() => Ed25519Certificate.Parse(bytes)) is null);
    }

    private static bool Verifies(byte[] bytes, Ed25519Identity key)
    {
        try
        {
            return Ed25519Certificate.Parse(bytes).Verify(key, Now);
        }
        catch (ProtocolException)
        {
            return false;
        }
    }
}
