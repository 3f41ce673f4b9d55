using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Encodings;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Parameters;
using BigInteger = Org.BouncyCastle.Math.BigInteger;

namespace OnionHost.Protocol.Cryptography;

/// <summary>Signs with BouncyCastle, blinded against timing; the same bytes as OpenSSL gives.</summary>
internal sealed class ManagedRawRsaSigner : RawRsaSigner
{
    private readonly RsaPrivateCrtKeyParameters _key;

    public ManagedRawRsaSigner(in RSAParameters parameters)
    {
        _key = new RsaPrivateCrtKeyParameters(
            Number(parameters.Modulus),
            Number(parameters.Exponent),
            Number(parameters.D),
            Number(parameters.P),
            Number(parameters.Q),
            Number(parameters.DP),
            Number(parameters.DQ),
            Number(parameters.InverseQ));
    }

    public override void Sign(ReadOnlySpan<byte> payload, Span<byte> signature)
    {
        var engine = new Pkcs1Encoding(new RsaBlindedEngine());
        engine.Init(forEncryption: true, _key);
        engine.ProcessBlock(payload.ToArray(), 0, payload.Length).CopyTo(signature);
    }

    public override void Dispose()
    {
    }

    private static BigInteger Number(byte[]? bytes) => new(1, bytes);
}
