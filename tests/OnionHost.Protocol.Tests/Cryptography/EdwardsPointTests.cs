using System.Runtime.InteropServices;
using OnionHost.Protocol.Cryptography;

namespace OnionHost.Protocol.Tests.Cryptography;

/// <summary>The point arithmetic against libsodium's, where that is installed.</summary>
public sealed class EdwardsPointTests
{
    private const string Library = "libsodium.so.23";

    [SkippableFact]
    public void MultiplicationEqualsLibsodium()
    {
        Skip.If(!NativeLibrary.TryLoad(Library, out _), "libsodium is not installed.");
        for (var i = 0; i < 50; i++)
        {
            var (factor, scalar, expected, actual) = (Scalar(i), Scalar(i + 1000), new byte[32], new byte[32]);
            var point = EdwardsPoint.Base.Multiply(factor);
            point.Encode(actual);
            Assert.Equal(0, crypto_scalarmult_ed25519_base_noclamp(expected, factor));
            Assert.Equal(expected, actual);

            Assert.True(EdwardsPoint.TryDecode(actual, out var decoded));
            decoded.Multiply(scalar).Encode(actual);
            Assert.Equal(0, crypto_scalarmult_ed25519_noclamp(expected, scalar, expected.ToArray()));
            Assert.Equal(expected, actual);
        }
    }

    [Fact]
    public void ZeroTimesAPointIsNeutral()
    {
        var encoded = new byte[32];
        EdwardsPoint.Base.Multiply(new byte[32]).Encode(encoded);
        Assert.Equal(1, encoded[0]);
        Assert.Equal(new byte[31], encoded[1..]);
    }

    /// <summary>Below 2^255, as libsodium wants it; the first ones have few bits.</summary>
    private static byte[] Scalar(int seed)
    {
        var scalar = new byte[32];
        scalar[0] = (byte)(seed + 1);
        if (seed >= 10)
        {
            SystemRandomSource.Instance.Fill(scalar);
            scalar[31] &= 0x7f;
        }

        return scalar;
    }

    [DllImport(Library)]
    private static extern int crypto_scalarmult_ed25519_base_noclamp(byte[] result, byte[] scalar);

    [DllImport(Library)]
    private static extern int crypto_scalarmult_ed25519_noclamp(byte[] result, byte[] scalar, byte[] point);
}
