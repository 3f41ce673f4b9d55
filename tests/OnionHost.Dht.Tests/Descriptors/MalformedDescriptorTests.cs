using FsCheck;
using FsCheck.Fluent;
using OnionHost.Dht.Descriptors;
using OnionHost.Protocol;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory;

namespace OnionHost.Dht.Tests.Descriptors;

/// <summary>Whatever a stranger sends, only <see cref="ProtocolException"/> or <see cref="OnionException"/> comes out.</summary>
public sealed class MalformedDescriptorTests
{
    private readonly Samples _samples = new();

    [Fact]
    public void EveryCutOfTheOuterLayerIsRefused()
    {
        using var keys = _samples.Keys();
        var text = _samples.Encode(Samples.Content(), keys);
        for (var length = 0; length < text.Length; length += length is < 700 or > 13_900 ? 1 : 97)
        {
            Assert.Throws<OnionException>(() => _samples.Decode(text[..length]));
        }

        Assert.Throws<ProtocolException>(() => OuterDescriptor.Read(new byte[50_001], _samples.Clock.GetUtcNow()));
        Assert.Throws<OnionException>(() => _samples.Decode([.. text, (byte)'x', (byte)'\n']));
    }

    [Fact]
    public void EveryChangedByteOfTheOuterLayerIsRefused()
    {
        using var keys = _samples.Keys();
        var text = _samples.Encode(Samples.Content(), keys);
        for (var i = 0; i < text.Length; i += i is < 600 or > 13_900 ? 1 : 211)
        {
            var changed = text.ToArray();
            changed[i] ^= 1;

            // Base64 of 64 bytes ends in 4 unused bits; a change there changes nothing, and is noticed by the decoder or harmless.
            if (i != text.Length - 2)
            {
                Assert.Throws<OnionException>(() => _samples.Decode(changed));
            }
        }
    }

    [Fact]
    public void EveryCutAndChangeOfTheInnermostLayerIsHandled()
    {
        using var keys = _samples.Keys();
        var now = _samples.Clock.GetUtcNow();
        var text = System.Text.Encoding.ASCII.GetBytes(InnerText.Format(Samples.Content(1), keys.Signing, now.AddHours(54)));
        for (var i = 0; i < text.Length; i++)
        {
            Handles(() => InnerText.Read(text.AsMemory(0, i), keys.Signing.Public, now));
            foreach (var change in new byte[] { 1, 0x20, 0x80 })
            {
                var changed = text.ToArray();
                changed[i] ^= change;
                Handles(() => InnerText.Read(changed, keys.Signing.Public, now));
            }
        }
    }

    [Fact]
    public void RandomInnermostLayersAreHandled()
    {
        var words = new[]
        {
            "create2-formats", "2", "intro-auth-required", "ed25519", "flow-control", "1-2", "31", "999999999999", "pow-params", "v1", "-",
            "introduction-point", "AAAA", "AQAA", "onion-key", "ntor", "enc-key", "enc-key-cert", "auth-key", " ", "\n", "\n", "\n",
            "\n-----BEGIN ED25519 CERT-----\nAAAA\n-----END ED25519 CERT-----\n",
        };
        var texts = Gen.Elements(words).ArrayOf().Select(parts => "create2-formats 2\n" + string.Join(' ', parts) + "\n");
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), Prop.ForAll(texts.ToArbitrary(), text =>
            Handles(() => InnerText.Read(System.Text.Encoding.ASCII.GetBytes(text), default, _samples.Clock.GetUtcNow()))));
    }

    [Fact]
    public void RandomBytesAreHandled()
    {
        using var keys = _samples.Keys();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
            Handles(() => _samples.Decode(bytes))
            && Handles(() => InnerText.Read(bytes, default, _samples.Clock.GetUtcNow()))
            && Handles(() => DescriptorLayer.Open(bytes, new LayerSecret(keys.Key.Span, keys.Subcredential.Span, 1), DescriptorLayer.Outer))));
    }

    [Fact]
    public void ClientLinesOfOtherLengthsAreRefused()
    {
        using var client = X25519KeyPair.Generate(SystemRandomSource.Instance);
        foreach (var line in new[] { "auth-client", "auth-client a b c", "auth-client AAAAAAAAAAA AAAAAAAAAAAAAAAAAAAAAA AAAA", "auth-client AAAAAAAAAAA" })
        {
            var items = new DocumentReader(line + "\n").ReadToEnd();
            Assert.Throws<ProtocolException>(() => ClientAuthorization.Find(items, client, client.Public, new byte[32]));
        }

        Assert.Throws<ProtocolException>(() => ClientAuthorization.Find([], client, default, new byte[32]));
    }

    private static bool Handles(Action read)
    {
        try
        {
            read();
        }
        catch (Exception e) when (e is ProtocolException or OnionException)
        {
        }

        return true;
    }
}
