using OnionHost.Protocol.Cryptography;

namespace OnionHost.Protocol.Tests.Cryptography;

public sealed class Sha3Tests
{
    // FIPS 202 examples: the empty message.
    private const string Empty256 = "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a";
    private const string EmptyShake = "46b9dd2b0ba88d13233b3feb743eeb243fcd52ea62b81b82b50c27646ed5762fd75dc4ddd8c0f200cb05019d67b592f6fc821c49479ab48640292eacb3b7c4be";

    [Fact]
    public void KnownAnswers()
    {
        var digest = new byte[32];
        Sha3.Hash256([], digest);
        Assert.Equal(Convert.FromHexString(Empty256), digest);
        var wide = new byte[64];
        Sha3.Shake256([], wide);
        Assert.Equal(Convert.FromHexString(EmptyShake), wide);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void PiecesGiveTheSameOnThePlatformAndManaged(bool platform)
    {
        if (platform && !System.Security.Cryptography.SHA3_256.IsSupported)
        {
            return;
        }

        var input = Enumerable.Range(0, 500).Select(i => (byte)i).ToArray();
        var (expected, actual) = (new byte[32], new byte[32]);
        Sha3.Hash256(input, expected);
        new Sha3Hasher(shake: false, platform).Append(input.AsSpan(0, 100)).Append(input.AsSpan(100)).Finish(actual);
        Assert.Equal(expected, actual);

        var (expectedWide, actualWide) = (new byte[333], new byte[333]);
        Sha3.Shake256(input, expectedWide);
        new Sha3Hasher(shake: true, platform).Append(input.AsSpan(0, 7)).Append(input.AsSpan(7)).Finish(actualWide);
        Assert.Equal(expectedWide, actualWide);
    }

    [Fact]
    public void NumbersAreBigEndian()
    {
        var (expected, actual) = (new byte[32], new byte[32]);
        Sha3.Hash256([0, 0, 0, 0, 0, 0, 1, 2], expected);
        new Sha3Hasher().AppendUInt64(258).Finish(actual);
        Assert.Equal(expected, actual);
    }
}
