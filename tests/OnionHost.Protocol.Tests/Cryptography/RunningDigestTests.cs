using System.Security.Cryptography;
using OnionHost.Protocol.Cryptography;

namespace OnionHost.Protocol.Tests.Cryptography;

public sealed class RunningDigestTests
{
    public static TheoryData<string> Backend => BothBackends.Names;

    [SkippableTheory]
    [MemberData(nameof(Backend))]
    public void Sha1CountsOnlyWhatIsCommitted(string backend)
    {
        using var digest = RunningDigest.Create(HashAlgorithmName.SHA1, "seed"u8, BothBackends.Choose(backend));
        Assert.Equal(20, digest.Size);
        Counts(digest, SHA1.HashData);
    }

    [SkippableTheory]
    [MemberData(nameof(Backend))]
    public void Sha3CountsOnlyWhatIsCommitted(string backend)
    {
        using var digest = RunningDigest.Create(HashAlgorithmName.SHA3_256, "seed"u8, BothBackends.Choose(backend));
        Assert.Equal(32, digest.Size);
        Counts(digest, Sha3Of);
    }

    [Fact]
    public void ManagedSha3CountsOnlyWhatIsCommitted()
    {
        using var digest = new ManagedSha3RunningDigest();
        digest.Try("seed"u8, new byte[32]);
        digest.Commit();
        Counts(digest, Sha3Of);
    }

    private static void Counts(RunningDigest digest, Func<byte[], byte[]> whole)
    {
        var result = new byte[digest.Size];
        digest.Try("one"u8, result);
        Assert.Equal(whole("seedone"u8.ToArray()), result);
        digest.Try("two"u8, result);
        Assert.Equal(whole("seedtwo"u8.ToArray()), result);
        digest.Commit();
        digest.Try("three"u8, result);
        Assert.Equal(whole("seedtwothree"u8.ToArray()), result);
        digest.Try("four"u8, result);
        digest.Commit();
        digest.Try([], result);
        Assert.Equal(whole("seedtwofour"u8.ToArray()), result);
    }

    private static byte[] Sha3Of(byte[] input)
    {
        var digest = new byte[32];
        Sha3.Hash256(input, digest);
        return digest;
    }
}
