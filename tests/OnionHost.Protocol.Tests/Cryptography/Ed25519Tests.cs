using System.Text.Json;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;
using OnionHost.Tests.Shared;

namespace OnionHost.Protocol.Tests.Cryptography;

public sealed class Ed25519Tests
{
    public static TheoryData<string> Backend => BothBackends.Names;

    [SkippableTheory]
    [MemberData(nameof(Backend))]
    public void SeedGivesThePublicKeyAndTheSignature(string backend)
    {
        foreach (var vector in Cases())
        {
            using var pair = Ed25519KeyPair.FromSeed(vector.Hex("seed"), BothBackends.Choose(backend));
            Assert.Equal(vector.Hex("public"), pair.Public.ToArray());
            Assert.Equal(vector.Hex("self_signature_of_public_key"), pair.Sign(pair.Public.Span));
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Backend))]
    public void VerifyAcceptsOnlyTheSignedMessage(string backend)
    {
        var chosen = BothBackends.Choose(backend);
        foreach (var vector in Cases())
        {
            var key = new Ed25519Identity(vector.Hex("public"));
            var signature = vector.Hex("self_signature_of_public_key");
            var message = key.ToArray();
            Assert.True(Ed25519.Verify(key, message, signature, chosen));
            Assert.False(Ed25519.Verify(key, message[1..], signature, chosen));
            Assert.False(Ed25519.Verify(key, message, signature.AsSpan(1), chosen));
            Assert.False(Ed25519.Verify(key, message, [], chosen));
            signature[40] ^= 1;
            Assert.False(Ed25519.Verify(key, message, signature, chosen));
            signature[40] ^= 1;
            signature[3] ^= 1;
            Assert.False(Ed25519.Verify(key, message, signature, chosen));
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Backend))]
    public void VerifyRejectsKeysThatAreNoPoints(string backend)
    {
        var chosen = BothBackends.Choose(backend);
        var bytes = new byte[32];
        for (var i = 0; i < 16; i++)
        {
            bytes.AsSpan().Fill((byte)(0xff - i));
            Assert.False(Ed25519.Verify(new Ed25519Identity(bytes), "message"u8, new byte[64], chosen));
        }
    }

    [Fact]
    public void ExpandedKeySignsLikeTheSeed()
    {
        foreach (var vector in Cases())
        {
            using var pair = Ed25519KeyPair.FromSeed(vector.Hex("seed"));
            using var expanded = pair.Expand();
            using var again = Ed25519ExpandedKey.FromBytes(vector.Hex("expanded_secret"));
            var bytes = new byte[64];
            expanded.CopyTo(bytes);
            Assert.Equal(vector.Hex("expanded_secret"), bytes);
            Assert.Equal(pair.Public, again.Public);
            Assert.Equal(vector.Hex("self_signature_of_public_key"), again.Sign(pair.Public.Span));
        }
    }

    [Fact]
    public void BlindingGivesTheKnownKeys()
    {
        foreach (var vector in Cases())
        {
            var factor = vector.Hex("blinding_param");
            using var pair = Ed25519KeyPair.FromSeed(vector.Hex("seed"));
            using var expanded = pair.Expand();
            using var blinded = KeyBlinding.BlindSecret(expanded, factor);
            var bytes = new byte[64];
            blinded.CopyTo(bytes);
            Assert.Equal(vector.Hex("blinded_public"), KeyBlinding.BlindPublic(pair.Public, factor).ToArray());
            Assert.Equal(vector.Hex("blinded_expanded_secret"), bytes);
            Assert.Equal(vector.Hex("blinded_public"), blinded.Public.ToArray());
            Assert.True(Ed25519.Verify(blinded.Public, "descriptor"u8, blinded.Sign("descriptor"u8)));
        }
    }

    [Fact]
    public void BlindingByPeriodGivesTheKnownKeys()
    {
        var file = Vectors.Load("hs_keys_indexes.json");
        foreach (var vector in file.GetProperty("key_blinding").EnumerateArray().Concat(file.GetProperty("extra").EnumerateArray()))
        {
            var period = new TimePeriod(
                vector.GetProperty("time_period_num").GetUInt64(), vector.GetProperty("time_period_length_min").GetUInt32());
            using var identity = vector.TryGetProperty("seed", out var seed)
                ? Ed25519KeyPair.FromSeed(seed.Hex()).Expand()
                : Ed25519ExpandedKey.FromBytes(vector.Hex("identity_expanded_secret"));
            using var blinded = KeyBlinding.BlindSecret(identity, period);
            var bytes = new byte[64];
            blinded.CopyTo(bytes);
            Assert.Equal(vector.Hex("blinded_pub"), KeyBlinding.BlindPublic(identity.Public, period).ToArray());
            Assert.Equal(vector.Hex("blinded_expanded_secret"), bytes);
            if (vector.TryGetProperty("sig_over_ascii_test", out var signature))
            {
                Assert.Equal(signature.Hex(), blinded.Sign("test"u8));
            }
        }
    }

    [Fact]
    public void BlindingRefusesKeysOutsideThePrimeOrderGroup()
    {
        var period = new TimePeriod(1, 1440);
        var neutral = new byte[32];
        neutral[0] = 1;
        Assert.Throws<ProtocolException>(() => KeyBlinding.BlindPublic(new Ed25519Identity(neutral), period));
        Assert.Throws<ProtocolException>(() => KeyBlinding.BlindPublic(default, period));
        neutral.AsSpan().Fill(0xff);
        Assert.Throws<ProtocolException>(() => KeyBlinding.BlindPublic(new Ed25519Identity(neutral), period));
    }

    [Fact]
    public void Curve25519KeysConvert()
    {
        foreach (var vector in Cases())
        {
            var curve = new Curve25519PublicKey(vector.Hex("curve25519_public"));
            var sign = vector.GetProperty("curve25519_conversion_sign_bit").GetInt32();
            Assert.Equal(vector.Hex("public"), Ed25519Conversion.FromCurve25519(curve, sign).ToArray());
            Assert.NotEqual(vector.Hex("public"), Ed25519Conversion.FromCurve25519(curve, 1 - sign).ToArray());
            using var pair = X25519KeyPair.FromSecret(vector.Hex("expanded_secret").AsSpan(0, 32));
            Assert.Equal(curve, pair.Public);
            using var signer = Ed25519Conversion.FromCurve25519Secret(pair, out var bit);
            Assert.Equal(sign, bit);
            Assert.Equal(vector.Hex("public"), signer.Public.ToArray());
            Assert.True(Ed25519.Verify(signer.Public, "crosscert"u8, signer.Sign("crosscert"u8)));
        }
    }

    [Fact]
    public void ConversionOfMinusOneIsRefused()
    {
        var minusOne = new byte[32];
        minusOne.AsSpan().Fill(0xff);
        (minusOne[0], minusOne[31]) = (0xec, 0x7f);
        Assert.Throws<ProtocolException>(() => Ed25519Conversion.FromCurve25519(new Curve25519PublicKey(minusOne), 0));
    }

    [Fact]
    public void DisposedKeysDoNotSign()
    {
        var pair = Ed25519KeyPair.Generate(SystemRandomSource.Instance);
        var expanded = pair.Expand();
        pair.Dispose();
        expanded.Dispose();
        Assert.Throws<ObjectDisposedException>(() => pair.Sign("x"u8));
        Assert.Throws<ObjectDisposedException>(() => expanded.Sign("x"u8));
        Assert.DoesNotContain("AAAA", expanded.ToString(), StringComparison.Ordinal);
    }

    private static JsonElement.ArrayEnumerator Cases() => Vectors.Load("ed25519.json").GetProperty("vectors").EnumerateArray();
}
