using System.Text.Json;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Handshakes;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.RelayCrypto;
using OnionHost.Tests.Shared;

namespace OnionHost.Protocol.Tests.RelayCrypto;

/// <summary>Circuits of three hops through stock relays, replayed from their handshakes to the last cell.</summary>
public sealed class CapturedCircuitTests
{
    [Theory]
    [InlineData("circuit_ntor_ntor_ntor3cc.json")]
    [InlineData("circuit_ntor3_noext.json")]
    public void EveryCellIsSealedAndRecognizedAsCaptured(string file)
    {
        var circuit = Vectors.Load(file);
        var hops = circuit.GetProperty("secrets").EnumerateArray().Select(Handshake).ToArray();
        foreach (var cell in circuit.GetProperty("cells").EnumerateArray())
        {
            var target = cell.GetProperty("hop").GetInt32() - 1;
            if (cell.GetProperty("dir").GetString() == "out")
            {
                Sends(hops, target, cell);
            }
            else
            {
                Receives(hops, target, cell);
            }
        }
    }

    private static void Sends(RelayLayer[] hops, int target, JsonElement cell)
    {
        var (payload, tag) = (cell.Hex("plain_payload"), new byte[20]);
        payload.AsSpan(5, 4).Clear();
        hops[target].Forward.Seal(payload, tag);
        for (var hop = target - 1; hop >= 0; hop--)
        {
            hops[hop].Forward.Crypt(payload);
        }

        Assert.Equal(cell.Hex("full_digest"), tag);
        Assert.Equal(cell.Hex("wire_payload"), payload);
    }

    private static void Receives(RelayLayer[] hops, int target, JsonElement cell)
    {
        var (payload, tag) = (cell.Hex("wire_payload"), new byte[20]);
        for (var hop = 0; hop <= target; hop++)
        {
            hops[hop].Backward.Crypt(payload);
            Assert.Equal(hop == target, hops[hop].Backward.TryRecognize(payload, tag));
        }

        Assert.Equal(cell.Hex("full_digest"), tag);
        Assert.Equal(cell.Hex("plain_payload"), payload);
    }

    private static RelayLayer Handshake(JsonElement secrets)
    {
        var ephemeral = X25519KeyPair.FromSecret(secrets.Hex("x"));
        var onionKey = new Curve25519PublicKey(secrets.Hex("B"));
        ClientHandshake handshake = secrets.GetProperty("type").GetString() == "ntor"
            ? NtorClientHandshake.Begin(new RelayFingerprint(secrets.Hex("node_id")), onionKey, ephemeral)
            : NtorV3ClientHandshake.Begin(
                new Ed25519Identity(secrets.Hex("ed_id")), onionKey, secrets.Hex("client_msg"), "circuit extend"u8, ephemeral);
        Assert.Equal(secrets.Hex("onionskin"), handshake.Onionskin.ToArray());
        var keys = handshake.Complete(secrets.Hex("reply"));
        Assert.Equal(secrets.Hex("key_material")[72..], keys.CircuitBinding.ToArray());
        return keys.Layer;
    }
}
