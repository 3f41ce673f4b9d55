using System.Text.Json;
using OnionHost.Dht.Descriptors;
using OnionHost.Protocol;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;
using OnionHost.Protocol.Messages;
using OnionHost.Tests.Shared;

namespace OnionHost.Dht.Tests.Descriptors;

/// <summary>Descriptors that stock made, or accepted.</summary>
public sealed class StockDescriptorTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 7, 0, 0, TimeSpan.Zero);

    [Fact]
    public void APublicDescriptorOfStockIsRead()
    {
        var vector = Vectors.Load("hs_descriptor.json").GetProperty("descriptors")[0];
        var fetched = Decode(vector, null);
        Assert.Equal(vector.Hex("subcredential"), fetched.Subcredential.ToArray());
        Assert.Equal(vector.Hex("blinded_pub"), fetched.Key.ToArray());
        Assert.Equal(vector.GetProperty("revision_counter").GetUInt64(), fetched.Revision);
        Assert.Equal(TimeSpan.FromHours(3), fetched.Lifetime);
        Assert.Equal(3, fetched.Content.IntroductionPoints.Length);
        Assert.Equal(31, fetched.Content.FlowControl!.Value.SendmeIncrement);
        Assert.Equal(0u, fetched.Content.ProofOfWork!.SuggestedEffort);
        Assert.Equal("hbxDY8hAwDRmFiL0hdai22f9OsCJN6GhrJ/1Om67UjQ", fetched.Content.ProofOfWork.Seed.ToString());
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 7, 59, 39, TimeSpan.Zero), fetched.Content.ProofOfWork.Expires);
        Assert.False(fetched.Content.RequiresIntroductionAuth);

        var point = fetched.Content.IntroductionPoints[0];
        Assert.Equal("nBhhcwNMMBM7QvRzTWD3tfWXIvzzf8F1kUU6ZmzZpV0", point.OnionKey.ToString());
        Assert.Equal("gSkc1EerzWPgZBnQwDplaTEdD0P2CraXhYvFnXbgLgc", point.EncryptionKey.ToString());
        Assert.Equal("127.0.0.1:25002", LinkSpecifiers.EndPoints(point.Specifiers)[0].ToString());
    }

    [Fact]
    public void ADescriptorForAuthorizedClientsNeedsTheKey()
    {
        var vector = Vectors.Load("hs_descriptor.json").GetProperty("descriptors")[1];
        using var client = X25519KeyPair.FromSecret(vector.Hex("client_auth_secret_x25519"));
        using var stranger = X25519KeyPair.Generate(SystemRandomSource.Instance);
        Assert.Equal(vector.Hex("client_auth_public"), client.Public.ToArray());
        Assert.Equal(3, Decode(vector, client).Content.IntroductionPoints.Length);
        Assert.Equal(OnionFailure.MissingAuthorization, Assert.Throws<OnionException>(() => Decode(vector, null)).Failure);
        Assert.Equal(OnionFailure.WrongAuthorization, Assert.Throws<OnionException>(() => Decode(vector, stranger)).Failure);
    }

    [Fact]
    public void ADescriptorThatStockAcceptedIsRead()
    {
        var vector = Vectors.Load("hs_service_flow.json");
        var fetched = Decode(vector, null);
        var point = Assert.Single(fetched.Content.IntroductionPoints);
        Assert.Equal(vector.Hex("intro_auth_pub"), point.AuthKey.ToArray());
        Assert.Equal(vector.Hex("intro_enc_pub_B"), point.EncryptionKey.ToArray());
        Assert.Equal(vector.Hex("subcredential"), fetched.Subcredential.ToArray());
    }

    [Fact]
    public void TheInnermostLayerIsTheOneThatStockAccepted()
    {
        var vector = Vectors.Load("hs_service_flow.json");
        var content = Decode(vector, null).Content;
        using var signing = Ed25519ExpandedKey.FromBytes(vector.Hex("desc_signing_expanded"));
        var expected = vector.GetProperty("inner_plaintext").GetString()!;

        // All certificates in it end at the same hour.
        var hours = Convert.FromBase64String(expected.Split("-----BEGIN ED25519 CERT-----\n")[1].Split('\n')[0]).AsSpan(2, 4);
        var expiration = DateTimeOffset.FromUnixTimeSeconds(3600L * System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(hours));
        Assert.Equal(expected, InnerText.Format(content, signing, expiration));
    }

    [Fact]
    public void TheKeysOfTheServiceAreThoseOfTheVector()
    {
        var vector = Vectors.Load("hs_service_flow.json");
        using var identity = Ed25519KeyPair.FromSeed(vector.Hex("identity_seed")).Expand();
        using var keys = DescriptorKeys.Create(identity, Period(vector), SystemRandomSource.Instance);
        Assert.Equal(vector.Hex("blinded_pub"), keys.Key.ToArray());
        Assert.Equal(vector.Hex("subcredential"), keys.Subcredential.ToArray());
    }

    [Fact]
    public void AnotherAddressPeriodOrTimeIsRefused()
    {
        var vector = Vectors.Load("hs_descriptor.json").GetProperty("descriptors")[0];
        var text = System.Text.Encoding.ASCII.GetBytes(vector.GetProperty("descriptor").GetString()!);
        var address = OnionAddress.Parse(vector.GetProperty("onion").GetString()!);
        var other = OnionAddress.Parse(Vectors.Load("hs_service_flow.json").GetProperty("onion").GetString()!);
        Invalid(() => DescriptorDecoder.Decode(text, other, Period(vector), null, Now));
        Invalid(() => DescriptorDecoder.Decode(text, address, Period(vector).Next, null, Now));
        Invalid(() => DescriptorDecoder.Decode(text, address, Period(vector), null, Now.AddDays(4)));
    }

    private static void Invalid(Action decode) => Assert.Equal(OnionFailure.DescriptorInvalid, Assert.Throws<OnionException>(decode).Failure);

    private static FetchedDescriptor Decode(JsonElement vector, X25519KeyPair? client) => DescriptorDecoder.Decode(
        System.Text.Encoding.ASCII.GetBytes(vector.GetProperty("descriptor").GetString()!),
        OnionAddress.Parse(vector.GetProperty("onion").GetString()!),
        Period(vector),
        client,
        Now);

    private static TimePeriod Period(JsonElement vector) =>
        new(vector.GetProperty("time_period_num").GetUInt64(), vector.GetProperty("time_period_length_min").GetUInt32());
}
