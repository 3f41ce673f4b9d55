using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Handshakes;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.RelayCrypto;
using OnionHost.Tests.Shared;

namespace OnionHost.Protocol.Tests.Handshakes;

public sealed class HsNtorTests
{
    [Fact]
    public void BothSidesGiveTheKnownBytes()
    {
        foreach (var vector in Vectors.Load("hs_ntor.json").GetProperty("vectors").EnumerateArray())
        {
            var authKey = new Ed25519Identity(vector.Hex("AUTH_KEY"));
            var subcredential = vector.Hex("subcredential");
            using var encKey = X25519KeyPair.FromSecret(vector.Hex("b"));
            using var server = X25519KeyPair.FromSecret(vector.Hex("y"));
            using var client = HsNtorClient.Begin(authKey, encKey.Public, subcredential, X25519KeyPair.FromSecret(vector.Hex("x")));
            using var serviceKeys = HsNtorService.KeysFor(encKey, authKey, subcredential, client.PublicKey);
            Known(vector.Hex("intro_enc_key"), vector.Hex("intro_mac_key"), client.Keys);
            Known(vector.Hex("intro_enc_key"), vector.Hex("intro_mac_key"), serviceKeys);

            var auth = new byte[32];
            using var serviceLayer = HsNtorService.Answer(encKey, authKey, client.PublicKey, server, auth);
            Assert.Equal(vector.Hex("auth_input_mac"), auth);
            using var clientLayer = client.Complete(server.Public, auth);
            Layers.Agree(clientLayer, serviceLayer);
            Layers.SameKeys(RelayLayer.OnionHop(vector.Hex("e2e_keys_128")), clientLayer);
            auth[7] ^= 1;
            Assert.Throws<ProtocolException>(() => client.Complete(server.Public, auth));
            Assert.Throws<ProtocolException>(() => client.Complete(default, auth));
            Assert.Throws<ProtocolException>(() => client.Complete(server.Public, auth.AsSpan(1)));
        }
    }

    [Fact]
    public void FreshKeysAgree()
    {
        var authKey = new Ed25519Identity(SystemRandomSource.Instance.Bytes(32));
        using var encKey = X25519KeyPair.Generate(SystemRandomSource.Instance);
        using var client = HsNtorClient.Begin(authKey, encKey.Public, new byte[32], SystemRandomSource.Instance);
        var auth = new byte[32];
        using var service = HsNtorService.Answer(encKey, authKey, client.PublicKey, SystemRandomSource.Instance, out var serverKey, auth);
        using var layer = client.Complete(serverKey, auth);
        Layers.Agree(layer, service);
    }

    private static void Known(byte[] encryptionKey, byte[] macKey, IntroduceKeys keys)
    {
        var (expected, actual) = (new byte[200], new byte[200]);
        using var cipher = new AesCtr(encryptionKey);
        cipher.Process(expected);
        keys.Crypt(actual);
        Assert.Equal(expected, actual);
        var (expectedMac, actualMac) = (new byte[32], new byte[32]);
        new Sha3Hasher().AppendUInt64(32).Append(macKey).Append("covered"u8).Finish(expectedMac);
        keys.Mac("covered"u8, actualMac);
        Assert.Equal(expectedMac, actualMac);
    }
}
