using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Encoding;
using OnionHost.Protocol.Messages;
using OnionHost.Tests.Shared;

namespace OnionHost.Protocol.Tests.Messages;

public sealed class EstablishIntroMessageTests
{
    private static readonly byte[] Binding = SystemRandomSource.Instance.Bytes(20);

    [Fact]
    public void A_captured_message_verifies()
    {
        var vector = Vectors.Load("hs_service_flow.json").GetProperty("establish_intro");
        var reader = new SpanReader(vector.Hex("body"));

        Assert.True(EstablishIntroMessage.Read(ref reader).Verify(vector.Hex("KH_circuit_nonce")));
    }

    [Fact]
    public void It_verifies_on_its_own_circuit_only()
    {
        using var key = Ed25519KeyPair.Generate(SystemRandomSource.Instance);
        var message = EstablishIntroMessage.Create(key, [new IntroduceExtension(1, new byte[19])], Binding);

        Assert.True(message.Verify(Binding));
        Assert.False(message.Verify(new byte[20]));
    }

    [Fact]
    public void It_does_not_verify_with_another_key_or_extension()
    {
        using var key = Ed25519KeyPair.Generate(SystemRandomSource.Instance);
        using var other = Ed25519KeyPair.Generate(SystemRandomSource.Instance);
        var message = EstablishIntroMessage.Create(key, default, Binding);

        Assert.False((message with { AuthKey = other.Public }).Verify(Binding));
        Assert.False((message with { Extensions = [new IntroduceExtension(1, default)] }).Verify(Binding));
    }
}
