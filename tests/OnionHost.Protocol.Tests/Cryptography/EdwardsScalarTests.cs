using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using OnionHost.Protocol.Cryptography;

namespace OnionHost.Protocol.Tests.Cryptography;

public sealed class EdwardsScalarTests
{
    private static readonly BigInteger Order = BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493", null);

    [Fact]
    public void MultiplyAddEqualsBigNumbers()
    {
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(Scalars().Three().ToArbitrary(), triple =>
        {
            var (a, b, c) = triple;
            var result = new byte[32];
            EdwardsScalar.MultiplyAdd(a, b, c, result);
            return Number(result) == ((Number(a) * Number(b)) + Number(c)) % Order;
        }));
    }

    [Fact]
    public void ReduceEqualsBigNumbers()
    {
        foreach (var fill in new byte[] { 0, 1, 0x7f, 0x80, 0xff })
        {
            var wide = new byte[64];
            wide.AsSpan().Fill(fill);
            var result = new byte[32];
            EdwardsScalar.Reduce(wide, result);
            Assert.Equal(Number(wide) % Order, Number(result));
        }
    }

    [Fact]
    public void TheTargetMayBeAnInput()
    {
        var a = SystemRandomSource.Instance.Bytes(32);
        var expected = Number(a) * Number(a) % Order;
        EdwardsScalar.MultiplyAdd(a, a, new byte[32], a);
        Assert.Equal(expected, Number(a));
    }

    private static Gen<byte[]> Scalars() => Gen.OneOf(
        ArbMap.Default.GeneratorFor<byte>().ArrayOf(32),
        Gen.Constant(Enumerable.Repeat((byte)0xff, 32).ToArray()),
        Gen.Constant((Order - 1).ToByteArray(isUnsigned: true)));

    private static BigInteger Number(byte[] bytes) => new(bytes, isUnsigned: true);
}
