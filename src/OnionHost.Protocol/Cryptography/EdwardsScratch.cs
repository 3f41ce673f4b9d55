using Org.BouncyCastle.Math.EC.Rfc7748;

namespace OnionHost.Protocol.Cryptography;

/// <summary>The intermediate values of a point addition or doubling, by the letters of the formulas; reused through a multiplication.</summary>
internal sealed class EdwardsScratch
{
    public int[] A { get; } = X25519Field.Create();

    public int[] B { get; } = X25519Field.Create();

    public int[] C { get; } = X25519Field.Create();

    public int[] D { get; } = X25519Field.Create();

    public int[] E { get; } = X25519Field.Create();

    public int[] F { get; } = X25519Field.Create();

    public int[] G { get; } = X25519Field.Create();

    public int[] H { get; } = X25519Field.Create();
}
