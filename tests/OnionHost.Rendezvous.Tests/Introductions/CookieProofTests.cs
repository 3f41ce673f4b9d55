using FsCheck;
using FsCheck.Fluent;
using OnionHost.Protocol;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;
using OnionHost.Rendezvous.Introductions;
using OnionHost.Rendezvous.Tests.Support;

namespace OnionHost.Rendezvous.Tests.Introductions;

public class CookieProofTests
{
    private readonly ScriptedRandom _random = new();

    [Fact]
    public void Proof_is_worth_nothing_in_any_other_introduction()
    {
        using var key = Ed25519KeyPair.Generate(_random);
        var binding = Binding();
        var proof = CookieProof.Create(key, binding, _random);
        Assert.True(proof.IsFor(binding));
        Assert.False(proof.IsFor(binding with { Service = new Ed25519Identity(_random.Bytes(32)) }));
        Assert.False(proof.IsFor(binding with { AuthKey = new Ed25519Identity(_random.Bytes(32)) }));
        Assert.False(proof.IsFor(binding with { ClientKey = new Curve25519PublicKey(_random.Bytes(32)) }));
        Assert.False(proof.IsFor(binding with { RendezvousCookie = _random.Bytes(20) }));
        using var other = Ed25519KeyPair.Generate(_random);
        Assert.False((proof with { Key = other.Public }).IsFor(binding));
        Assert.False((proof with { Nonce = _random.Bytes(16) }).IsFor(binding));
    }

    [Fact]
    public void Extension_round_trips_beside_others()
    {
        using var key = Ed25519KeyPair.Generate(_random);
        var proof = CookieProof.Create(key, Binding(), _random);
        var extension = proof.ToExtension();
        Assert.Equal(112, extension.Body.Length);
        var found = Assert.NotNull(CookieProof.Find([new IntroduceExtension(1, default), extension, new IntroduceExtension(2, new byte[5])]));
        Assert.Equal(proof.Signature.ToArray(), found.Signature.ToArray());
        Assert.Null(CookieProof.Find([]));
    }

    [Fact]
    public void Two_proofs_or_a_wrong_length_are_a_protocol_error()
    {
        using var key = Ed25519KeyPair.Generate(_random);
        var extension = CookieProof.Create(key, Binding(), _random).ToExtension();
        Assert.Throws<ProtocolException>(() => CookieProof.Find([extension, extension]));
        for (var length = 0; length < 112; length++)
        {
            Assert.Throws<ProtocolException>(() => CookieProof.Find([extension with { Body = extension.Body[..length] }]));
        }
    }

    [Fact]
    public void Random_signatures_of_a_known_key_prove_nothing()
    {
        using var key = Ed25519KeyPair.Generate(_random);
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
        {
            var signature = new byte[64];
            bytes.AsSpan(0, Math.Min(bytes.Length, 64)).CopyTo(signature);
            Assert.False(new CookieProof(new byte[16], key.Public, signature).IsFor(Binding()));
        }).QuickCheckThrowOnFailure();
    }

    private IntroductionBinding Binding() => new(
        new Ed25519Identity(_random.Bytes(32)), new Ed25519Identity(_random.Bytes(32)), new Curve25519PublicKey(_random.Bytes(32)), _random.Bytes(20));
}
