using System.Security.Cryptography;
using System.Text.Json;
using OnionHost.Protocol.Cells;
using OnionHost.Protocol.Certificates;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Identities;
using OnionHost.Tests.Shared;

namespace OnionHost.Protocol.Tests.Certificates;

public sealed class LinkCertificatesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 20, 0, TimeSpan.Zero);
    private static readonly Lazy<LinkCredentials> Ours = new(CreateCredentials);

    [Fact]
    public void A_captured_responder_verifies()
    {
        var vector = Vectors.Load("link_handshake_client.json");
        var identity = LinkCertificates.Verify(ReadCerts(vector, "<"), vector.Hex("peer_tls_cert_der"), CaptureTime(vector));

        Assert.Equal(vector.Hex("responder_rsa_id_sha1"), identity.Fingerprint.ToArray());
        Assert.Equal(vector.Hex("responder_ed25519_id"), identity.Identity.ToArray());
    }

    [Fact]
    public void A_captured_relay_authenticates()
    {
        var vector = Vectors.Load("link_handshake_relay_auth.json");
        var responder = LinkCertificates.Verify(ReadCerts(vector, "<"), vector.Hex("peer_tls_cert_der"), CaptureTime(vector));
        var initiator = LinkCertificates.VerifyInitiator(ReadCerts(vector, ">"), CaptureTime(vector));
        var inputs = vector.GetProperty("authenticate_inputs");
        var context = new AuthenticateInputs(
            initiator.RsaKey,
            responder.RsaKey,
            initiator.Identity,
            responder.Identity,
            new LinkTranscript(inputs.Hex("slog"), inputs.Hex("clog")),
            SHA256.HashData(vector.Hex("peer_tls_cert_der")),
            inputs.Hex("tlssecrets"));
        var reader = new SpanReader(Cell(vector, ">", CellCommand.Authenticate).AsSpan(7));
        var body = AuthenticateCell.Read(ref reader).Body.ToArray();

        Assert.Equal(vector.GetProperty("initiator").Hex("ed_link_auth_pub"), initiator.AuthenticationKey!.Value.ToArray());
        AuthenticateBody.Verify(body, context, initiator.AuthenticationKey.Value);
        for (var i = 0; i < body.Length; i++)
        {
            var changed = body.ToArray();
            changed[i] ^= 1;
            Assert.Throws<ProtocolException>(() => AuthenticateBody.Verify(changed, context, initiator.AuthenticationKey.Value));
            Assert.Throws<ProtocolException>(() => AuthenticateBody.Verify(body.AsSpan(0, i), context, initiator.AuthenticationKey.Value));
        }
    }

    [Fact]
    public void Our_own_certificates_verify_in_both_directions()
    {
        var responder = LinkCertificates.Verify(Ours.Value.ResponderCerts, Ours.Value.TlsLeafDer.Span, Now);
        var initiator = LinkCertificates.VerifyInitiator(Ours.Value.InitiatorCerts, Now);

        Assert.Equal(Ours.Value.Fingerprint, responder.Fingerprint);
        Assert.Equal(Ours.Value.Identity, responder.Identity);
        Assert.Equal(Ours.Value.Fingerprint, initiator.Fingerprint);
        Assert.Equal(Ours.Value.AuthenticationKey.Public, initiator.AuthenticationKey);
    }

    [Fact]
    public void Certificates_of_another_connection_or_time_are_refused()
    {
        var certs = Ours.Value.ResponderCerts;

        Assert.Throws<ProtocolException>(() => LinkCertificates.Verify(certs, new byte[10], Now));
        Assert.Throws<ProtocolException>(() => LinkCertificates.Verify(certs, Ours.Value.TlsLeafDer.Span, Now.AddDays(40)));
        Assert.Throws<ProtocolException>(() => LinkCertificates.VerifyInitiator(certs, Now));
        Assert.Throws<ProtocolException>(() => LinkCertificates.Verify(Ours.Value.InitiatorCerts, Ours.Value.TlsLeafDer.Span, Now));
    }

    [Theory]
    [InlineData(LinkCertificateType.RsaIdentity)]
    [InlineData(LinkCertificateType.Ed25519Signing)]
    [InlineData(LinkCertificateType.Ed25519Link)]
    [InlineData(LinkCertificateType.RsaEd25519Cross)]
    public void A_missing_foreign_or_damaged_certificate_is_refused(byte type)
    {
        using var other = CreateCredentials();
        var certs = Ours.Value.ResponderCerts;
        var foreign = other.ResponderCerts.Find(type)!.Value;
        var damaged = certs.Find(type)!.Value.ToArray();
        damaged[^1] ^= 1;

        AssertRefused(new CertsCell([.. certs.Certificates.Where(c => c.Type != type)]));
        AssertRefused(new CertsCell([.. certs.Certificates.Select(c => c.Type == type ? new CertificateEntry(type, foreign) : c)]));
        AssertRefused(new CertsCell([.. certs.Certificates.Select(c => c.Type == type ? new CertificateEntry(type, damaged) : c)]));
    }

    private static void AssertRefused(CertsCell certs) =>
        Assert.Throws<ProtocolException>(() => LinkCertificates.Verify(certs, Ours.Value.TlsLeafDer.Span, Now));

    private static LinkCredentials CreateCredentials()
    {
        var random = SystemRandomSource.Instance;
        using var rsa = RsaKeyPair.Generate(1024);
        using var master = Ed25519KeyPair.Generate(random);
        using var signing = Ed25519KeyPair.Generate(random);
        var certificate = Ed25519Certificate.Create(Ed25519CertificateType.SigningKey, signing.Public, Now.AddDays(30), master);
        return LinkCredentials.Create(rsa, signing, certificate, Now, random);
    }

    private static CertsCell ReadCerts(JsonElement vector, string direction)
    {
        var reader = new SpanReader(Cell(vector, direction, CellCommand.Certs).AsSpan(7));
        return CertsCell.Read(ref reader);
    }

    private static DateTimeOffset CaptureTime(JsonElement vector)
    {
        var reader = new SpanReader(Cell(vector, "<", CellCommand.Netinfo).AsSpan(5));
        return DateTimeOffset.FromUnixTimeSeconds(NetinfoCell.Read(ref reader).Time);
    }

    private static byte[] Cell(JsonElement vector, string direction, CellCommand command) =>
        vector.GetProperty("cells").EnumerateArray()
            .Where(c => c[0].GetString() == direction).Select(c => c[1].Hex())
            .First(c => c[2] != (byte)CellCommand.Versions && c[4] == (byte)command);
}
