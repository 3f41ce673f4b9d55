using FsCheck;
using FsCheck.Fluent;
using OnionHost.Protocol;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Handshakes;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;
using OnionHost.Rendezvous.Introductions;
using OnionHost.Rendezvous.Tests.Support;
using OnionHost.Tests.Shared;

namespace OnionHost.Rendezvous.Tests.Introductions;

public class IntroductionFlowTests
{
    private static readonly System.Text.Json.JsonElement Client = Vectors.Load("hs_intro_rend_flow.json");
    private static readonly System.Text.Json.JsonElement Service = Vectors.Load("hs_service_flow.json");

    [Fact]
    public void Introduce1_equals_the_one_that_a_stock_service_answered()
    {
        var authKey = new Ed25519Identity(Client.Hex("intro_auth_key"));
        using var handshake = HsNtorClient.Begin(
            authKey, new Curve25519PublicKey(Client.Hex("intro_enc_key_B")), Client.Hex("subcredential"), new ScriptedRandom(Client.Hex("client_x")));
        Assert.Equal(Client.Hex("client_X"), handshake.PublicKey.ToArray());
        var reader = new SpanReader(Client.Hex("introduce1_plaintext"));
        var content = IntroducePlaintext.Read(ref reader);
        var body = IntroductionRequest.Create(handshake, authKey, content);
        Assert.Equal(310, body.Length);

        // The captured request was padded differently, so the ciphertexts agree as far as both go.
        var captured = Client.Hex("introduce1_body");
        var common = Math.Min(captured.Length, body.Length) - 32;
        Assert.Equal(captured[..common], body[..common]);
    }

    [Fact]
    public void Client_completes_the_handshake_with_a_stock_service()
    {
        using var handshake = HsNtorClient.Begin(
            new Ed25519Identity(Client.Hex("intro_auth_key")),
            new Curve25519PublicKey(Client.Hex("intro_enc_key_B")),
            Client.Hex("subcredential"),
            new ScriptedRandom(Client.Hex("client_x")));
        using var layer = handshake.Complete(new Curve25519PublicKey(Client.Hex("rendezvous2_Y")), Client.Hex("rendezvous2_auth"));
        Assert.Throws<ProtocolException>(() => handshake.Complete(new Curve25519PublicKey(Client.Hex("rendezvous2_Y")), new byte[32]));
    }

    [Fact]
    public void Introduce2_of_a_stock_client_opens()
    {
        using var keys = StockServiceKeys(out var authKey);
        var opened = OpenedIntroduction.Open(
            Service.Hex("introduce2_body_from_stock_client"), authKey, keys, [new byte[32], Service.Hex("subcredential")]);
        Assert.Equal(Service.Hex("client_X"), opened.ClientKey.ToArray());
        Assert.Equal(Service.Hex("introduce2_decrypted")[..20], opened.Content.Cookie.ToArray());
        Assert.Null(CookieProof.Find(opened.Content.Extensions));
        Assert.NotEmpty(LinkSpecifiers.EndPoints(opened.Content.Specifiers));
    }

    [Fact]
    public void Rendezvous1_equals_the_one_that_a_stock_client_took()
    {
        using var keys = StockServiceKeys(out var authKey);
        var opened = OpenedIntroduction.Open(Service.Hex("introduce2_body_from_stock_client"), authKey, keys, [Service.Hex("subcredential")]);
        using var answer = RendezvousAnswer.Create(opened, authKey, keys, new ScriptedRandom(Service.Hex("y")));
        Assert.Equal(RendezvousAnswer.BodySize, answer.Body.Length);
        var expected = Service.Hex("rendezvous1_body");
        Assert.Equal(expected, answer.Body.Span[..expected.Length].ToArray());
    }

    [Fact]
    public void Every_changed_or_missing_byte_of_introduce2_is_a_protocol_error()
    {
        using var keys = StockServiceKeys(out var authKey);
        var body = Service.Hex("introduce2_body_from_stock_client");
        for (var i = 0; i < body.Length; i++)
        {
            var changed = (byte[])body.Clone();
            changed[i] ^= 1;
            Assert.Throws<ProtocolException>(() => OpenedIntroduction.Open(changed, authKey, keys, [Service.Hex("subcredential")]));
            Assert.Throws<ProtocolException>(() => OpenedIntroduction.Open(body.AsSpan(0, i), authKey, keys, [Service.Hex("subcredential")]));
        }
    }

    [Fact]
    public void Random_introductions_never_open()
    {
        using var keys = StockServiceKeys(out var authKey);
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
        {
            Assert.Throws<ProtocolException>(() => OpenedIntroduction.Open(bytes, authKey, keys, [Service.Hex("subcredential")]));
            Assert.Throws<ProtocolException>(() => OpenedIntroduction.Open(
                [.. Service.Hex("introduce2_body_from_stock_client").AsSpan(0, 56), .. bytes], authKey, keys, [Service.Hex("subcredential")]));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Our_client_and_our_service_agree()
    {
        var random = new ScriptedRandom();
        using var pair = IntroductionKeys.Generate(random);
        var subcredential = random.Bytes(32);
        using var client = HsNtorClient.Begin(pair.Auth.Public, pair.Encryption.Public, subcredential, random);
        var target = new RendezvousTarget(
            pair.Encryption.Public,
            [LinkSpecifier.FromEndPoint(new(System.Net.IPAddress.Loopback, 9001)), LinkSpecifier.FromEd25519(pair.Auth.Public)]);
        var binding = new IntroductionBinding(pair.Auth.Public, pair.Auth.Public, client.PublicKey, random.Bytes(20));
        using var proofKey = Ed25519KeyPair.Generate(random);
        var body = IntroductionRequest.Create(client, pair.Auth.Public, IntroductionRequest.Content(target, binding, proofKey, wantsCongestionControl: false, random));
        Assert.True(body.Length <= 490);

        var opened = OpenedIntroduction.Open(body, pair.Auth.Public, pair.Encryption, [random.Bytes(32), subcredential]);
        Assert.Equal(target.Specifiers, opened.Content.Specifiers, (a, b) => a.Type == b.Type && a.Data.Span.SequenceEqual(b.Data.Span));
        var proof = Assert.NotNull(CookieProof.Find(opened.Content.Extensions));
        Assert.Equal(proofKey.Public, proof.Key);
        Assert.True(proof.IsFor(opened.BindingFor(pair.Auth.Public, pair.Auth.Public)));

        using var answer = RendezvousAnswer.Create(opened, pair.Auth.Public, pair.Encryption, random);
        var reader = new SpanReader(answer.Body.Span);
        var rendezvous1 = Rendezvous1Message.Read(ref reader);
        reader = new SpanReader(rendezvous1.Handshake.Span);
        var rendezvous2 = Rendezvous2Message.Read(ref reader);
        using var clientLayer = client.Complete(rendezvous2.ServerKey, rendezvous2.Auth.Span);
        Assert.Equal(binding.RendezvousCookie.ToArray(), rendezvous1.Cookie.ToArray());

        var (payload, tag) = (new byte[509], new byte[20]);
        RelayMessage.Write(payload, RelayCommand.Begin, new StreamId(1), ":80\0"u8, random);
        clientLayer.Forward.Seal(payload, tag);
        answer.Layer.Forward.Crypt(payload);
        Assert.True(answer.Layer.Forward.TryRecognize(payload, tag));
    }

    private static X25519KeyPair StockServiceKeys(out Ed25519Identity authKey)
    {
        authKey = new Ed25519Identity(Service.Hex("intro_auth_pub"));
        return X25519KeyPair.FromSecret(Service.Hex("intro_enc_secret_b"));
    }
}
