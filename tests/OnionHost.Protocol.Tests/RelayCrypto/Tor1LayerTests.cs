using System.Text.Json;
using OnionHost.Protocol.RelayCrypto;
using OnionHost.Tests.Shared;

namespace OnionHost.Protocol.Tests.RelayCrypto;

public sealed class Tor1LayerTests
{
    private static readonly JsonElement File = Vectors.Load("relay_crypto_tor1.json");

    [Fact]
    public void OutboundCellsAreThoseOfStock()
    {
        var (client, relays) = (Hops(), Hops());
        foreach (var vector in File.GetProperty("tor1").GetProperty("outbound").EnumerateArray())
        {
            var cell = vector.Hex("plain_before_digest");
            var (sent, received) = (new byte[20], new byte[20]);
            client[2].Forward.Seal(cell, sent);
            client[1].Forward.Crypt(cell);
            client[0].Forward.Crypt(cell);
            Assert.Equal(vector.Hex("from_client"), cell);
            Assert.Equal(vector.Hex("full_digest_sendme_tag"), sent);
            for (var hop = 0; hop < 3; hop++)
            {
                relays[hop].Forward.Crypt(cell);
                var before = cell.ToArray();
                var recognized = relays[hop].Forward.TryRecognize(cell, received);
                Assert.Equal(vector.GetProperty($"recognized_hop{hop + 1}").GetInt32() == 1, recognized);
                Assert.Equal(before, cell);
                SameButDigest(vector.Hex($"after_hop{hop + 1}"), cell, recognized);
            }

            Assert.Equal(sent, received);
        }
    }

    [Fact]
    public void InboundCellsAreThoseOfStock()
    {
        var (client, relays) = (Hops(), Hops());
        foreach (var vector in File.GetProperty("tor1").GetProperty("inbound").EnumerateArray())
        {
            var cell = vector.Hex("plain_before_digest");
            var (sent, received) = (new byte[20], new byte[20]);
            relays[2].Backward.Seal(cell, sent);
            Assert.Equal(vector.Hex("from_hop3"), cell);
            relays[1].Backward.Crypt(cell);
            Assert.Equal(vector.Hex("after_hop2"), cell);
            relays[0].Backward.Crypt(cell);
            Assert.Equal(vector.Hex("after_hop1"), cell);
            for (var hop = 0; hop < 3; hop++)
            {
                client[hop].Backward.Crypt(cell);
                Assert.Equal(hop == 2, client[hop].Backward.TryRecognize(cell, received));
            }

            Assert.Equal(vector.Hex("full_digest_sendme_tag"), received);
            SameButDigest(vector.Hex("at_client"), cell, ignoreDigest: true);
        }
    }

    [Fact]
    public void OnionHopCellsAreThoseOfStock()
    {
        var vectors = File.GetProperty("tor1_hs");
        var material = vectors.Hex("key_material_128");
        using var client = RelayLayer.OnionHop(material);
        using var service = RelayLayer.OnionHop(material);
        Crosses(vectors.GetProperty("client_to_service"), client.Forward, service.Forward);
        Crosses(vectors.GetProperty("service_to_client"), service.Backward, client.Backward);
    }

    [Fact]
    public void AWrongDigestChangesNothing()
    {
        var (client, relays) = (Hops(), Hops());
        var noise = new byte[509];
        noise[5] = 1;
        var copy = noise.ToArray();
        Assert.False(relays[0].Forward.TryRecognize(noise, new byte[20]));
        Assert.Equal(copy, noise);

        var cell = new byte[509];
        client[0].Forward.Seal(cell, default);
        relays[0].Forward.Crypt(cell);
        Assert.True(relays[0].Forward.TryRecognize(cell, default));
    }

    [Fact]
    public void CellsAllocateNothing()
    {
        var (client, relays) = (Hops(), Hops());
        var (cell, tag) = (new byte[509], new byte[20]);
        Pass(client[0], relays[0], cell, tag);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 500; i++)
        {
            Pass(client[0], relays[0], cell, tag);
        }

        // Without libcrypto the digest is cloned for every try.
        Assert.True(GC.GetAllocatedBytesForCurrentThread() == before || !Protocol.Cryptography.LibCrypto.IsAvailable);
    }

    [Fact]
    public void KeysOfAnotherLengthAreRefused()
    {
        Assert.Throws<ArgumentException>(() => RelayLayer.Tor1(new byte[71]));
        Assert.Throws<ArgumentException>(() => RelayLayer.OnionHop(new byte[72]));
    }

    private static void Pass(RelayLayer client, RelayLayer relay, byte[] cell, byte[] tag)
    {
        cell.AsSpan(0, 9).Clear();
        client.Forward.Seal(cell, tag);
        relay.Forward.Crypt(cell);
        if (!relay.Forward.TryRecognize(cell, tag))
        {
            throw new InvalidOperationException("The cell was not recognized.");
        }
    }

    private static void Crosses(JsonElement vectors, LayerDirection from, LayerDirection to)
    {
        foreach (var vector in vectors.EnumerateArray())
        {
            var cell = vector.Hex("plain_before_digest");
            var (sent, received) = (new byte[20], new byte[20]);
            from.Seal(cell, sent);
            Assert.Equal(vector.Hex("encrypted"), cell);
            Assert.Equal(vector.Hex("sendme_tag_first20"), sent);
            to.Crypt(cell);
            Assert.True(to.TryRecognize(cell, received));
            Assert.Equal(sent, received);
            SameButDigest(vector.Hex("decrypted"), cell, ignoreDigest: true);
        }
    }

    private static void SameButDigest(byte[] expected, byte[] actual, bool ignoreDigest)
    {
        Assert.Equal(expected[..5], actual[..5]);
        Assert.Equal(expected[9..], actual[9..]);
        if (!ignoreDigest)
        {
            Assert.Equal(expected, actual);
        }
    }

    private static RelayLayer[] Hops() =>
        [.. new[] { 1, 2, 3 }.Select(hop => RelayLayer.Tor1(File.GetProperty("tor1").Hex($"key_material_hop{hop}")))];
}
