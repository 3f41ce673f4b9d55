using System.Security.Cryptography;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Handshakes;
using OnionHost.Protocol.RelayCrypto;

namespace OnionHost.Protocol.Tests.Handshakes;

public sealed class CreateFastTests
{
    [Fact]
    public void BothSidesAgree()
    {
        using var client = CreateFastClientHandshake.Begin(SystemRandomSource.Instance);
        var reply = new byte[40];
        using var server = CreateFastServer.Answer(client.Onionskin.Span, SystemRandomSource.Instance, reply);
        using var keys = client.Complete(reply);
        Assert.Equal(server.CircuitBinding.ToArray(), keys.CircuitBinding.ToArray());
        Layers.Agree(keys.Layer, server.Layer);

        byte[] seed = [.. client.Onionskin.Span, .. reply.AsSpan(0, 20)];
        var material = Enumerable.Range(0, 5).SelectMany(i => SHA1.HashData([.. seed, (byte)i])).ToArray();
        Assert.Equal(material[..20], keys.CircuitBinding.ToArray());
        Layers.SameKeys(RelayLayer.Tor1(material.AsSpan(20, 72)), keys.Layer);
    }

    [Fact]
    public void ChangedOrCutBytesAreRefused()
    {
        using var client = CreateFastClientHandshake.Begin(SystemRandomSource.Instance);
        var (skin, reply) = (client.Onionskin.ToArray(), new byte[40]);
        using var server = CreateFastServer.Answer(skin, SystemRandomSource.Instance, reply);
        for (var i = 0; i < reply.Length; i++)
        {
            Assert.Throws<ProtocolException>(() => client.Complete(reply.AsSpan(0, i)));
            var changed = reply.ToArray();
            changed[i] ^= 1;
            Assert.Throws<ProtocolException>(() => client.Complete(changed));
        }

        for (var length = 0; length < skin.Length; length++)
        {
            Assert.Throws<ProtocolException>(() => CreateFastServer.Answer(skin.AsSpan(0, length), SystemRandomSource.Instance, reply));
        }
    }
}
