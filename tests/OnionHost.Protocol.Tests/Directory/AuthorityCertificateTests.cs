using System.Net;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory;
using OnionHost.Tests.Shared;

namespace OnionHost.Protocol.Tests.Directory;

public sealed class AuthorityCertificateTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Stock_certificates_verify()
    {
        var body = System.Text.Encoding.ASCII.GetBytes(Vectors.Text("fixtures/keys-all.txt"));
        var certificates = DocumentReader.Split(body, AuthorityCertificate.FirstKeyword).Select(d => AuthorityCertificate.Parse(d.Span)).ToList();
        Assert.Equal(3, certificates.Count);
        Assert.Equal("063BC78AB4DB4A4B98E779075AEF40D65C3E22AC", certificates[0].Identity.ToString());
        Assert.Equal(IPEndPoint.Parse("127.0.0.1:27002"), certificates[0].Address);
        Assert.True(certificates[0].IsLive(Now));
        Assert.False(certificates[0].IsLive(Now.AddYears(1)));
    }

    [Fact]
    public void A_certificate_made_here_is_read_back()
    {
        using var identity = RsaKeyPair.Generate(2048);
        using var signing = RsaKeyPair.Generate(1024);
        var made = AuthorityCertificate.Create(identity, signing, Now, Now.AddDays(90), new IPEndPoint(IPAddress.Loopback, 7000));
        var read = AuthorityCertificate.Parse(made.Bytes.Span);
        Assert.Equal(identity.Public.Fingerprint, read.Identity);
        Assert.Equal(new Identities.Digest160(signing.Public.Fingerprint.Span), read.SigningKeyDigest);
        Assert.Equal((Now, Now.AddDays(90)), (read.Published, read.Expires));
        Assert.Equal(made.ToString(), read.ToString());
    }

    [Fact]
    public void Damaged_certificates_give_a_protocol_exception() =>
        DocumentDamage.AssertOnlyProtocolExceptions(FirstCertificate(), bytes => AuthorityCertificate.Parse(bytes), step: 7);

    [Fact]
    public void Lines_that_are_missing_or_doubled_are_refused() =>
        DocumentDamage.AssertLinesMatter(FirstCertificate(), bytes => AuthorityCertificate.Parse(bytes));

    [Fact]
    public void A_changed_line_breaks_the_signature()
    {
        var changed = FirstCertificate().Replace("27002", "27003", StringComparison.Ordinal);
        Assert.Throws<ProtocolException>(() => AuthorityCertificate.Parse(System.Text.Encoding.ASCII.GetBytes(changed)));
    }

    private static string FirstCertificate()
    {
        var body = System.Text.Encoding.ASCII.GetBytes(Vectors.Text("fixtures/keys-all.txt"));
        return System.Text.Encoding.ASCII.GetString(DocumentReader.Split(body, AuthorityCertificate.FirstKeyword)[0].Span);
    }
}
