using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Handshakes;
using OnionHost.Protocol.Identities;
using OnionHost.Tests.Shared;

namespace OnionHost.Protocol.Tests.Handshakes;

public sealed class NtorV3Tests
{
    private static readonly IRandomSource Random = SystemRandomSource.Instance;

    [Fact]
    public void BothSidesGiveTheKnownBytes()
    {
        var vector = Vectors.Load("ntor_v3.json").GetProperty("vector");
        var id = new Ed25519Identity(vector.Hex("relay_id"));
        using var onionKey = X25519KeyPair.FromSecret(vector.Hex("relay_keypair_b_sec"));
        using var ephemeral = X25519KeyPair.FromSecret(vector.Hex("relay_keypair_y_sec"));
        using var client = NtorV3ClientHandshake.Begin(
            id, onionKey.Public, vector.Hex("client_message"), vector.Hex("verification"), X25519KeyPair.FromSecret(vector.Hex("client_keypair_x_sec")));
        Assert.Equal(vector.Hex("expect_client_handshake"), client.Onionskin.ToArray());

        using var server = NtorV3Server.OpenMessage(client.Onionskin.Span, id, new NtorOnionKeys(onionKey, null), vector.Hex("verification"));
        Assert.Equal(vector.Hex("client_message"), server.ClientMessage);
        var (serverKeys, clientKeys) = (new byte[256], new byte[256]);
        var reply = server.AnswerMessage(vector.Hex("server_message"), ephemeral, serverKeys);
        Assert.Equal(vector.Hex("expect_server_handshake"), reply);
        Assert.Equal(vector.Hex("server_message"), client.CompleteMessage(reply, clientKeys));
        Assert.Equal(vector.Hex("expect_keys"), serverKeys);
        Assert.Equal(vector.Hex("expect_keys"), clientKeys);
    }

    [Fact]
    public void ExtensionsGoBothWays()
    {
        var (id, keys) = Relay();
        using var client = NtorV3ClientHandshake.Begin(
            id, keys.Current.Public, [new NtorV3Extension(3, new byte[] { 2, 6 }), new NtorV3Extension(1, default)], Random);
        using var server = NtorV3Server.Open(client.Onionskin.Span, id, keys);
        Assert.Equal([1, 3], server.Extensions.Select(e => (int)e.Type));
        using var serverKeys = server.Answer([new NtorV3Extension(2, new byte[] { 31 })], Random, out var reply);
        using var clientKeys = client.Complete(reply);
        Assert.Equal(31, Assert.Single(client.ReplyExtensions).Data.Span[0]);
        Assert.Equal(serverKeys.CircuitBinding.ToArray(), clientKeys.CircuitBinding.ToArray());
        Layers.Agree(clientKeys.Layer, serverKeys.Layer);
    }

    [Fact]
    public void CutsAndChangesAreRefused()
    {
        var (id, keys) = Relay();
        using var client = NtorV3ClientHandshake.Begin(id, keys.Previous!.Public, [], Random);
        var skin = client.Onionskin.ToArray();
        for (var i = 0; i < skin.Length; i++)
        {
            Assert.Throws<ProtocolException>(() => NtorV3Server.Open(skin.AsSpan(0, i), id, keys));
            var changed = skin.ToArray();
            changed[i] ^= 1;
            Assert.Throws<ProtocolException>(() => NtorV3Server.Open(changed, id, keys));
        }

        using var server = NtorV3Server.Open(skin, id, keys);
        using var answered = server.Answer([], Random, out var reply);
        for (var i = 0; i < reply.Length; i++)
        {
            Assert.Throws<ProtocolException>(() => client.Complete(reply.AsSpan(0, i)));
            var changed = reply.ToArray();
            changed[i] ^= 1;
            Assert.Throws<ProtocolException>(() => client.Complete(changed));
        }

        using var completed = client.Complete(reply);
        Assert.Empty(client.ReplyExtensions);
    }

    [Fact]
    public void MalformedExtensionsAreRefused()
    {
        foreach (var message in new byte[][] { [], [1], [1, 1], [1, 1, 1], [2, 1, 0, 1, 0], [2, 3, 0, 1, 0], [0, 0], [1, 1, 0, 9] })
        {
            Assert.Throws<ProtocolException>(() => NtorV3Extensions.Read(message));
        }

        Assert.Throws<ArgumentException>(() => NtorV3Extensions.Write([new NtorV3Extension(1, default), new NtorV3Extension(1, default)]));
        Assert.Throws<ArgumentException>(() => NtorV3Extensions.Write([new NtorV3Extension(1, new byte[256])]));
        Assert.Equal([0], NtorV3Extensions.Write([]));
    }

    private static (Ed25519Identity Id, NtorOnionKeys Keys) Relay() =>
        (new Ed25519Identity(Random.Bytes(32)), new NtorOnionKeys(X25519KeyPair.Generate(Random), X25519KeyPair.Generate(Random)));
}
