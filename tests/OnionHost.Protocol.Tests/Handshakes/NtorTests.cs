using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Handshakes;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.RelayCrypto;
using OnionHost.Tests.Shared;

namespace OnionHost.Protocol.Tests.Handshakes;

public sealed class NtorTests
{
    [Fact]
    public void BothSidesGiveTheKnownBytes()
    {
        foreach (var vector in Vectors.Load("ntor.json").GetProperty("vectors").EnumerateArray())
        {
            var id = new RelayFingerprint(vector.Hex("node_id"));
            using var onionKey = X25519KeyPair.FromSecret(vector.Hex("b"));
            using var server = X25519KeyPair.FromSecret(vector.Hex("y"));
            using var client = NtorClientHandshake.Begin(id, onionKey.Public, X25519KeyPair.FromSecret(vector.Hex("x")));
            Assert.Equal(vector.Hex("onionskin"), client.Onionskin.ToArray());

            var reply = new byte[64];
            using var serverKeys = NtorServer.Answer(client.Onionskin.Span, id, new NtorOnionKeys(onionKey, null), server, reply);
            Assert.Equal(vector.Hex("reply"), reply);
            using var clientKeys = client.Complete(reply);
            var material = vector.Hex("key_material_92");
            Assert.Equal(material[72..], clientKeys.CircuitBinding.ToArray());
            Assert.Equal(material[72..], serverKeys.CircuitBinding.ToArray());
            Layers.Agree(clientKeys.Layer, serverKeys.Layer);
            Layers.SameKeys(RelayLayer.Tor1(material.AsSpan(0, 72)), clientKeys.Layer);
        }
    }

    [Fact]
    public void ThePreviousOnionKeyStillAnswers()
    {
        var (id, keys) = Relay();
        using var client = NtorClientHandshake.Begin(id, keys.Previous!.Public, SystemRandomSource.Instance);
        var reply = new byte[64];
        using var server = NtorServer.Answer(client.Onionskin.Span, id, keys, SystemRandomSource.Instance, reply);
        using var result = client.Complete(reply);
        Layers.Agree(result.Layer, server.Layer);
    }

    [Fact]
    public void AnUnknownOnionKeyFailsAtTheClient()
    {
        var (id, keys) = Relay();
        using var unknown = X25519KeyPair.Generate(SystemRandomSource.Instance);
        using var client = NtorClientHandshake.Begin(id, unknown.Public, SystemRandomSource.Instance);
        var reply = new byte[64];
        using var server = NtorServer.Answer(client.Onionskin.Span, id, keys, SystemRandomSource.Instance, reply);
        Assert.Throws<ProtocolException>(() => client.Complete(reply));
    }

    [Fact]
    public void AnotherIdentityAndEveryCutAreRefused()
    {
        var (id, keys) = Relay();
        using var client = NtorClientHandshake.Begin(id, keys.Current.Public, SystemRandomSource.Instance);
        var (skin, reply) = (client.Onionskin.ToArray(), new byte[64]);
        Assert.Throws<ProtocolException>(() => NtorServer.Answer(skin, default, keys, SystemRandomSource.Instance, reply));
        for (var length = 0; length < skin.Length; length++)
        {
            Assert.Throws<ProtocolException>(() => NtorServer.Answer(skin.AsSpan(0, length), id, keys, SystemRandomSource.Instance, reply));
        }

        using var server = NtorServer.Answer(skin, id, keys, SystemRandomSource.Instance, reply);
        for (var length = 0; length < reply.Length; length++)
        {
            Assert.Throws<ProtocolException>(() => client.Complete(reply.AsSpan(0, length)));
            var changed = reply.ToArray();
            changed[length] ^= 4;
            Assert.Throws<ProtocolException>(() => client.Complete(changed));
        }
    }

    [Fact]
    public void ASmallOrderClientKeyIsRefused()
    {
        var (id, keys) = Relay();
        using var client = NtorClientHandshake.Begin(id, keys.Current.Public, SystemRandomSource.Instance);
        var skin = client.Onionskin.ToArray();
        skin.AsSpan(52).Clear();
        Assert.Throws<ProtocolException>(() => NtorServer.Answer(skin, id, keys, SystemRandomSource.Instance, new byte[64]));
    }

    private static (RelayFingerprint Id, NtorOnionKeys Keys) Relay() =>
        (new RelayFingerprint(SystemRandomSource.Instance.Bytes(20)),
            new NtorOnionKeys(X25519KeyPair.Generate(SystemRandomSource.Instance), X25519KeyPair.Generate(SystemRandomSource.Instance)));
}
