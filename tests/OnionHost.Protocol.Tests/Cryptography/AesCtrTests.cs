using OnionHost.Protocol.Cryptography;

namespace OnionHost.Protocol.Tests.Cryptography;

public sealed class AesCtrTests
{
    // NIST SP 800-38A F.5.1 and F.5.5.
    private const string Plain =
        "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710";

    private const string Iv = "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff";

    public static TheoryData<string> Kind => new(nameof(AesKeystreamKind.Platform), nameof(AesKeystreamKind.Intrinsics));

    [SkippableTheory]
    [MemberData(nameof(Kind))]
    public void KnownAnswers(string kind)
    {
        Answer(
            kind,
            "2b7e151628aed2a6abf7158809cf4f3c",
            "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff5ae4df3edbd5d35e5b4f09020db03eab1e031dda2fbe03d1792170a0f3009cee");
        Answer(
            kind,
            "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
            "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c52b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6");
    }

    [SkippableTheory]
    [MemberData(nameof(Kind))]
    public void TheKeystreamRunsOnThroughPiecesOfAnySize(string kind)
    {
        var key = SystemRandomSource.Instance.Bytes(16);
        var (whole, pieces) = (new byte[20_000], new byte[20_000]);
        using var one = new AesCtr(key, default, Choose(kind));
        using var two = new AesCtr(key, default, Choose(kind));
        one.Process(whole);
        for (var (position, size) = (0, 0); position < pieces.Length; position += size)
        {
            size = Math.Min((position * 7 % 700) + 1, pieces.Length - position);
            two.Process(pieces.AsSpan(position, size));
        }

        Assert.Equal(whole, pieces);
    }

    [SkippableTheory]
    [MemberData(nameof(Kind))]
    public void TheCounterCarriesIntoTheUpperHalf(string kind)
    {
        var key = SystemRandomSource.Instance.Bytes(32);
        var iv = Convert.FromHexString("00000000000000fffffffffffffffffb");
        var afterCarry = Convert.FromHexString("00000000000001000000000000000000");
        var (whole, rest) = (new byte[4096], new byte[4096 - (5 * 16)]);
        using var one = new AesCtr(key, iv, Choose(kind));
        using var two = new AesCtr(key, afterCarry, Choose(kind));
        one.Process(whole);
        two.Process(rest);
        Assert.Equal(rest, whole[(5 * 16)..]);
    }

    [SkippableTheory]
    [MemberData(nameof(Kind))]
    public void TheCounterWrapsAround(string kind)
    {
        var key = SystemRandomSource.Instance.Bytes(16);
        var last = new byte[16];
        last.AsSpan().Fill(0xff);
        var (whole, rest) = (new byte[300], new byte[284]);
        using var one = new AesCtr(key, last, Choose(kind));
        using var two = new AesCtr(key, default, Choose(kind));
        one.Process(whole);
        two.Process(rest);
        Assert.Equal(rest, whole[16..]);
    }

    [Fact]
    public void ProcessingAllocatesNothing()
    {
        using var cipher = new AesCtr(new byte[16]);
        var cell = new byte[509];
        cipher.Process(cell);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            cipher.Process(cell);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void WrongSizesAndDisposedCiphersAreRefused()
    {
        Assert.Throws<ArgumentException>(() => new AesCtr(new byte[24]));
        Assert.Throws<ArgumentException>(() => new AesCtr(new byte[16], new byte[8]));
        var cipher = new AesCtr(new byte[16]);
        cipher.Dispose();
        Assert.Throws<ObjectDisposedException>(() => cipher.Process(new byte[1]));
    }

    private static void Answer(string kind, string key, string expected)
    {
        using var cipher = new AesCtr(Convert.FromHexString(key), Convert.FromHexString(Iv), Choose(kind));
        var bytes = Convert.FromHexString(Plain);
        cipher.Process(bytes);
        Assert.Equal(Convert.FromHexString(expected), bytes);
    }

    private static AesKeystreamKind Choose(string name)
    {
        var kind = Enum.Parse<AesKeystreamKind>(name);
        Skip.If(kind == AesKeystreamKind.Intrinsics && !IntrinsicAesKeystream.IsSupported, "This processor has no AES instructions.");
        return kind;
    }
}
