using Org.BouncyCastle.Math.EC.Rfc7748;

namespace OnionHost.Protocol.Cryptography;

/// <summary>
/// A point of the Edwards curve of Ed25519 in extended coordinates (x = X/Z, y = Y/Z, xy = T/Z), on BouncyCastle's field.
/// <see cref="Multiply"/> is constant in time; only <see cref="TryDecode"/>, which sees public keys, is not.
/// </summary>
internal sealed class EdwardsPoint
{
    private static readonly int[] D = Element("a3785913ca4deb75abd841414d0a700098e879777940c78c73fe6f2bee6c0352");
    private static readonly int[] TwoD = Twice(D);

    private readonly int[] _x = X25519Field.Create();
    private readonly int[] _y = X25519Field.Create();
    private readonly int[] _z = X25519Field.Create();
    private readonly int[] _t = X25519Field.Create();

    private EdwardsPoint()
    {
    }

    /// <summary>The base point.</summary>
    public static EdwardsPoint Base { get; } =
        TryDecode(Convert.FromHexString("5866666666666666666666666666666666666666666666666666666666666666"), out var point)
            ? point
            : throw new InvalidOperationException("The base point is not on the curve.");

    /// <summary>Reads the 32-byte form (RFC 8032 5.1.3); false if no point has it.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, out EdwardsPoint point)
    {
        point = new EdwardsPoint();
        var bytes = encoded[..32].ToArray();
        var sign = bytes[31] >> 7;
        bytes[31] &= 0x7f;
        X25519Field.Decode(bytes, 0, point._y);
        X25519Field.One(point._z);

        // x^2 = (y^2 - 1) / (d y^2 + 1)
        var (u, v) = (X25519Field.Create(), X25519Field.Create());
        X25519Field.Sqr(point._y, u);
        X25519Field.Mul(D, u, v);
        X25519Field.SubOne(u);
        X25519Field.AddOne(v);
        if (!IsCanonical(bytes) || !X25519Field.SqrtRatioVar(u, v, point._x))
        {
            return false;
        }

        X25519Field.Normalize(point._x);
        if (sign == 1 && X25519Field.IsZeroVar(point._x))
        {
            return false;
        }

        X25519Field.CNegate(sign ^ (point._x[0] & 1), point._x);
        X25519Field.Mul(point._x, point._y, point._t);
        return true;
    }

    /// <summary>Writes the 32-byte form.</summary>
    public void Encode(Span<byte> encoded)
    {
        var (inverse, x, y) = (X25519Field.Create(), X25519Field.Create(), X25519Field.Create());
        X25519Field.Inv(_z, inverse);
        X25519Field.Mul(_x, inverse, x);
        X25519Field.Mul(_y, inverse, y);
        X25519Field.Normalize(x);
        X25519Field.Normalize(y);
        var bytes = new byte[32];
        X25519Field.Encode(y, bytes, 0);
        bytes.CopyTo(encoded);
        encoded[31] |= (byte)((x[0] & 1) << 7);
    }

    /// <summary>The point times a scalar (32 bytes, little-endian, all 256 bits count). Always 256 doublings and additions.</summary>
    public EdwardsPoint Multiply(ReadOnlySpan<byte> scalar)
    {
        var result = new EdwardsPoint();
        X25519Field.One(result._y);
        X25519Field.One(result._z);
        var sum = new EdwardsPoint();
        var scratch = new EdwardsScratch();
        for (var bit = 255; bit >= 0; bit--)
        {
            result.Double(scratch);
            sum.SetToSum(result, this, scratch);
            result.ConditionalMove(sum, -((scalar[bit / 8] >> (bit % 8)) & 1));
        }

        return result;
    }

    /// <summary>y = (u - 1) / (u + 1) with the given sign of x: the Edwards form of a Curve25519 point. False for u = -1.</summary>
    public static bool TryFromMontgomery(ReadOnlySpan<byte> montgomery, int signBit, Span<byte> encoded)
    {
        var (u, top, bottom) = (X25519Field.Create(), X25519Field.Create(), X25519Field.Create());
        X25519Field.Decode(montgomery[..32].ToArray(), 0, u);
        X25519Field.Copy(u, 0, top, 0);
        X25519Field.Copy(u, 0, bottom, 0);
        X25519Field.SubOne(top);
        X25519Field.AddOne(bottom);
        X25519Field.Carry(bottom);
        X25519Field.Normalize(bottom);
        if (X25519Field.IsZeroVar(bottom))
        {
            return false;
        }

        X25519Field.Inv(bottom, bottom);
        X25519Field.Mul(top, bottom, u);
        X25519Field.Normalize(u);
        var bytes = new byte[32];
        X25519Field.Encode(u, bytes, 0);
        bytes.CopyTo(encoded);
        encoded[31] |= (byte)(signBit << 7);
        return true;
    }

    private void ConditionalMove(EdwardsPoint other, int mask)
    {
        X25519Field.CMov(mask, other._x, 0, _x, 0);
        X25519Field.CMov(mask, other._y, 0, _y, 0);
        X25519Field.CMov(mask, other._z, 0, _z, 0);
        X25519Field.CMov(mask, other._t, 0, _t, 0);
    }

    /// <summary>dbl-2008-hwcd with a = -1, all terms negated.</summary>
    private void Double(EdwardsScratch s)
    {
        X25519Field.Sqr(_x, s.A);
        X25519Field.Sqr(_y, s.B);
        X25519Field.Sqr(_z, s.C);
        X25519Field.Add(s.C, s.C, s.C);
        X25519Field.Add(_x, _y, s.E);
        X25519Field.Carry(s.E);
        X25519Field.Sqr(s.E, s.E);
        X25519Field.Add(s.A, s.B, s.H);
        X25519Field.Carry(s.H);
        X25519Field.Sub(s.H, s.E, s.E);
        X25519Field.Carry(s.E);
        X25519Field.Sub(s.A, s.B, s.G);
        X25519Field.Carry(s.G);
        X25519Field.Add(s.C, s.G, s.F);
        X25519Field.Carry(s.F);
        Finish(s);
    }

    /// <summary>add-2008-hwcd-3, complete on this curve: it also adds equal and neutral points.</summary>
    private void SetToSum(EdwardsPoint p, EdwardsPoint q, EdwardsScratch s)
    {
        X25519Field.Sub(p._y, p._x, s.A);
        X25519Field.Sub(q._y, q._x, s.F);
        X25519Field.Carry(s.A);
        X25519Field.Carry(s.F);
        X25519Field.Mul(s.A, s.F, s.A);
        X25519Field.Add(p._y, p._x, s.B);
        X25519Field.Add(q._y, q._x, s.F);
        X25519Field.Carry(s.B);
        X25519Field.Carry(s.F);
        X25519Field.Mul(s.B, s.F, s.B);
        X25519Field.Mul(p._t, q._t, s.C);
        X25519Field.Mul(s.C, TwoD, s.C);
        X25519Field.Mul(p._z, q._z, s.D);
        X25519Field.Add(s.D, s.D, s.D);
        X25519Field.Sub(s.B, s.A, s.E);
        X25519Field.Sub(s.D, s.C, s.F);
        X25519Field.Add(s.D, s.C, s.G);
        X25519Field.Add(s.B, s.A, s.H);
        X25519Field.Carry(s.E);
        X25519Field.Carry(s.F);
        X25519Field.Carry(s.G);
        X25519Field.Carry(s.H);
        Finish(s);
    }

    private void Finish(EdwardsScratch s)
    {
        X25519Field.Mul(s.E, s.F, _x);
        X25519Field.Mul(s.G, s.H, _y);
        X25519Field.Mul(s.F, s.G, _z);
        X25519Field.Mul(s.E, s.H, _t);
    }

    private static bool IsCanonical(ReadOnlySpan<byte> y) =>
        y[31] != 0x7f || y[1..31].IndexOfAnyExcept((byte)0xff) >= 0 || y[0] < 0xed;

    private static int[] Element(string hex)
    {
        var element = X25519Field.Create();
        X25519Field.Decode(Convert.FromHexString(hex), 0, element);
        return element;
    }

    private static int[] Twice(int[] value)
    {
        var element = X25519Field.Create();
        X25519Field.Add(value, value, element);
        X25519Field.Carry(element);
        return element;
    }
}
