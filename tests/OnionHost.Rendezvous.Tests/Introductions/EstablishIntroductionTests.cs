using OnionHost.Protocol;
using OnionHost.Protocol.Cryptography;
using OnionHost.Rendezvous.Introductions;
using OnionHost.Tests.Shared;

namespace OnionHost.Rendezvous.Tests.Introductions;

public class EstablishIntroductionTests
{
    private static readonly System.Text.Json.JsonElement Flow = Vectors.Load("hs_service_flow.json");

    [Fact]
    public void Body_equals_the_one_that_stock_accepted()
    {
        using var authKey = Ed25519ExpandedKey.FromBytes(Flow.Hex("intro_auth_expanded"));
        var establish = Flow.GetProperty("establish_intro");
        var body = EstablishIntroduction.Create(authKey, establish.Hex("KH_circuit_nonce"), []);
        Assert.Equal(Convert.ToHexStringLower(establish.Hex("body")), Convert.ToHexStringLower(body));
    }

    [Fact]
    public void Own_body_opens_for_its_circuit_only()
    {
        var establish = Flow.GetProperty("establish_intro");
        var opened = EstablishIntroduction.Open(establish.Hex("body"), establish.Hex("KH_circuit_nonce"));
        Assert.Equal(Flow.Hex("intro_auth_pub"), opened.AuthKey.ToArray());
        Assert.Throws<ProtocolException>(() => EstablishIntroduction.Open(establish.Hex("body"), new byte[20]));
    }

    [Fact]
    public void Bytes_after_the_signature_are_ignored()
    {
        var establish = Flow.GetProperty("establish_intro");
        EstablishIntroduction.Open([.. establish.Hex("body"), 1, 2, 3], establish.Hex("KH_circuit_nonce"));
    }

    [Fact]
    public void Every_changed_or_missing_byte_is_a_protocol_error()
    {
        var establish = Flow.GetProperty("establish_intro");
        var (body, binding) = (establish.Hex("body"), establish.Hex("KH_circuit_nonce"));
        for (var i = 0; i < body.Length; i++)
        {
            var changed = (byte[])body.Clone();
            changed[i] ^= 0x40;
            Assert.Throws<ProtocolException>(() => EstablishIntroduction.Open(changed, binding));
            Assert.Throws<ProtocolException>(() => EstablishIntroduction.Open(body.AsSpan(0, i), binding));
        }
    }
}
