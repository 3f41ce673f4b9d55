using System.Runtime.Versioning;
using System.Security.Cryptography;

namespace OnionHost.Protocol.Cryptography;

/// <summary>Signs through <c>EVP_PKEY_sign</c> with no digest set, on the key that the base class library holds.</summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class OpenSslRawRsaSigner : RawRsaSigner
{
    private readonly SafeEvpPKeyHandle _key;

    public OpenSslRawRsaSigner(in RSAParameters parameters)
    {
        using var rsa = new RSAOpenSsl(parameters);
        _key = rsa.DuplicateKeyHandle();
    }

    public override void Sign(ReadOnlySpan<byte> payload, Span<byte> signature)
    {
        var held = false;
        nint context = 0;
        try
        {
            _key.DangerousAddRef(ref held);
            context = LibCrypto.KeyContextNew(_key.DangerousGetHandle(), 0);
            var length = (nuint)signature.Length;
            fixed (byte* output = signature, input = payload)
            {
                if (LibCrypto.RawSignInit(context) != 1
                    || LibCrypto.SetRsaPadding(context, LibCrypto.RsaPkcs1Padding) != 1
                    || LibCrypto.RawSign(context, output, &length, input, (nuint)payload.Length) != 1)
                {
                    LibCrypto.ClearErrors();
                    throw new CryptographicException("libcrypto could not sign with the RSA key.");
                }
            }
        }
        finally
        {
            LibCrypto.KeyContextFree(context);
            if (held)
            {
                _key.DangerousRelease();
            }
        }
    }

    public override void Dispose() => _key.Dispose();
}
