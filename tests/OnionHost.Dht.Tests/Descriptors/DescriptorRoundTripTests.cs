using OnionHost.Dht.Descriptors;
using OnionHost.Protocol;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Messages;

namespace OnionHost.Dht.Tests.Descriptors;

public sealed class DescriptorRoundTripTests
{
    private readonly Samples _samples = new();

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(20)]
    public void WhatIsEncodedIsDecoded(int points)
    {
        using var keys = _samples.Keys();
        var content = Samples.Content(points);
        var fetched = _samples.Decode(_samples.Encode(content, keys, ulong.MaxValue));
        Same(content, fetched.Content);
        Assert.Equal(ulong.MaxValue, fetched.Revision);
        Assert.Equal(keys.Key, fetched.Key);
    }

    [Fact]
    public void EmptyContentIsDecoded()
    {
        using var keys = _samples.Keys();
        var content = new OnionDescriptor { IsSingleOnion = true };
        Same(content, _samples.Decode(_samples.Encode(content, keys)).Content);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(100)]
    public void EveryAuthorizedClientReadsItAndNobodyElse(int count)
    {
        using var keys = _samples.Keys();
        var clients = Enumerable.Range(0, count).Select(_ => X25519KeyPair.Generate(SystemRandomSource.Instance)).ToArray();
        var text = _samples.Encode(Samples.Content(), keys, 1, [.. clients.Select(c => c.Public), default]);
        foreach (var client in clients.Take(3).Append(clients[^1]))
        {
            Assert.Equal(3, _samples.Decode(text, client).Content.IntroductionPoints.Length);
        }

        using var stranger = X25519KeyPair.Generate(SystemRandomSource.Instance);
        Assert.Equal(OnionFailure.WrongAuthorization, Assert.Throws<OnionException>(() => _samples.Decode(text, stranger)).Failure);
        Assert.Equal(OnionFailure.MissingAuthorization, Assert.Throws<OnionException>(() => _samples.Decode(text)).Failure);
    }

    [Fact]
    public void AClientWithAKeyReadsAPublicDescriptor()
    {
        using var keys = _samples.Keys();
        using var client = X25519KeyPair.Generate(SystemRandomSource.Instance);
        Assert.NotEmpty(_samples.Decode(_samples.Encode(Samples.Content(), keys), client).Content.IntroductionPoints);
    }

    [Fact]
    public void ThereAreAlwaysSixteenClientLinesAndThePaddingHidesTheLength()
    {
        using var keys = _samples.Keys();
        using var client = X25519KeyPair.Generate(SystemRandomSource.Instance);
        var sizes = new[]
        {
            _samples.Encode(Samples.Content(1), keys).Length,
            _samples.Encode(Samples.Content(3), keys).Length,
            _samples.Encode(Samples.Content(3), keys, 1, client.Public).Length,
        };
        Assert.Single(sizes.Distinct());
    }

    [Fact]
    public void TooManyClientsAreAnErrorOfTheService()
    {
        using var keys = _samples.Keys();
        using var client = X25519KeyPair.Generate(SystemRandomSource.Instance);
        var clients = Enumerable.Repeat(client.Public, 600).ToArray();
        Assert.Equal(TorErrorKind.Local, Assert.Throws<TorException>(() => _samples.Encode(Samples.Content(), keys, 1, clients)).Kind);
    }

    [Fact]
    public void ABadIntroductionPointIsLeftOut()
    {
        using var keys = _samples.Keys();
        var content = Samples.Content(2);
        var unnamed = content.IntroductionPoints[0] with { Specifiers = [new LinkSpecifier(99, new byte[] { 1 })] };
        var fetched = _samples.Decode(_samples.Encode(content with { IntroductionPoints = [unnamed, content.IntroductionPoints[1]] }, keys));
        Assert.Equal(content.IntroductionPoints[1].AuthKey, Assert.Single(fetched.Content.IntroductionPoints).AuthKey);
    }

    [Fact]
    public void KeysCertifiedByAnotherDescriptorAreLeftOut()
    {
        using var other = Ed25519KeyPair.Generate(SystemRandomSource.Instance);
        var text = InnerText.Format(Samples.Content(), other, _samples.Clock.GetUtcNow().AddHours(54));
        using var keys = _samples.Keys();
        var read = InnerText.Read(System.Text.Encoding.ASCII.GetBytes(text), keys.Signing.Public, _samples.Clock.GetUtcNow());
        Assert.Empty(read.IntroductionPoints);
        Assert.Equal(3, InnerText.Read(System.Text.Encoding.ASCII.GetBytes(text), other.Public, _samples.Clock.GetUtcNow()).IntroductionPoints.Length);
    }

    [Fact]
    public void MoreThanTwentyIntroductionPointsAreRefused()
    {
        using var keys = _samples.Keys();
        var text = _samples.Encode(Samples.Content(21), keys);
        Assert.Equal(OnionFailure.DescriptorInvalid, Assert.Throws<OnionException>(() => _samples.Decode(text)).Failure);
    }

    private static void Same(OnionDescriptor expected, OnionDescriptor actual)
    {
        Assert.Equal(expected with { IntroductionPoints = [] }, actual with { IntroductionPoints = [] });
        Assert.Equal(expected.IntroductionPoints.Length, actual.IntroductionPoints.Length);
        foreach (var (one, two) in expected.IntroductionPoints.Zip(actual.IntroductionPoints))
        {
            Assert.Equal(one with { Specifiers = [] }, two with { Specifiers = [] });
            Assert.Equal(LinkSpecifiers.EndPoints(one.Specifiers), LinkSpecifiers.EndPoints(two.Specifiers));
            Assert.Equal(LinkSpecifiers.Fingerprint(one.Specifiers), LinkSpecifiers.Fingerprint(two.Specifiers));
            Assert.Equal(LinkSpecifiers.Ed25519(one.Specifiers), LinkSpecifiers.Ed25519(two.Specifiers));
        }
    }
}
