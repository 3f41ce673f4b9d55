using System.Runtime.InteropServices;

namespace OnionHost.Protocol.Cryptography;

/// <summary>An <c>EVP_PKEY</c> for X25519 or Ed25519; OpenSSL zeroises the secret when it is freed.</summary>
internal sealed unsafe class OpenSslKey : SafeHandle
{
    private OpenSslKey(nint key)
        : base(0, ownsHandle: true)
    {
        SetHandle(key);
    }

    public override bool IsInvalid => handle == 0;

    public static OpenSslKey FromPrivate(int type, ReadOnlySpan<byte> secret)
    {
        fixed (byte* bytes = secret)
        {
            return Checked(new OpenSslKey(LibCrypto.KeyFromPrivate(type, 0, bytes, (nuint)secret.Length)));
        }
    }

    public static OpenSslKey FromPublic(int type, ReadOnlySpan<byte> key)
    {
        fixed (byte* bytes = key)
        {
            return Checked(new OpenSslKey(LibCrypto.KeyFromPublic(type, 0, bytes, (nuint)key.Length)));
        }
    }

    public void CopyPublicTo(Span<byte> destination)
    {
        var length = (nuint)destination.Length;
        fixed (byte* bytes = destination)
        {
            Check(LibCrypto.KeyGetPublic(handle, bytes, &length));
        }

        GC.KeepAlive(this);
    }

    /// <summary>X25519 with the peer's key; false if the result is all zero.</summary>
    public bool TryDerive(OpenSslKey peer, Span<byte> shared)
    {
        var context = LibCrypto.KeyContextNew(handle, 0);
        try
        {
            Check(LibCrypto.DeriveInit(context));
            Check(LibCrypto.DeriveSetPeer(context, peer.handle, 0));
            var length = (nuint)shared.Length;
            fixed (byte* bytes = shared)
            {
                // OpenSSL itself refuses a result of zeros (RFC 7748 6.1).
                if (LibCrypto.Derive(context, bytes, &length) != 1)
                {
                    LibCrypto.ClearErrors();
                    return false;
                }
            }

            return true;
        }
        finally
        {
            LibCrypto.KeyContextFree(context);
            GC.KeepAlive(this);
            GC.KeepAlive(peer);
        }
    }

    /// <summary>An Ed25519 signature, 64 bytes.</summary>
    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature)
    {
        var context = LibCrypto.DigestContextNew();
        try
        {
            Check(LibCrypto.SignInit(context, 0, 0, 0, handle));
            var length = (nuint)signature.Length;
            fixed (byte* output = signature, input = message)
            {
                Check(LibCrypto.Sign(context, output, &length, input, (nuint)message.Length));
            }
        }
        finally
        {
            LibCrypto.DigestContextFree(context);
            GC.KeepAlive(this);
        }
    }

    /// <summary>True if the Ed25519 signature is right.</summary>
    public bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        var context = LibCrypto.DigestContextNew();
        try
        {
            Check(LibCrypto.VerifyInit(context, 0, 0, 0, handle));
            fixed (byte* proof = signature, input = message)
            {
                if (LibCrypto.Verify(context, proof, (nuint)signature.Length, input, (nuint)message.Length) == 1)
                {
                    return true;
                }
            }

            LibCrypto.ClearErrors();
            return false;
        }
        finally
        {
            LibCrypto.DigestContextFree(context);
            GC.KeepAlive(this);
        }
    }

    protected override bool ReleaseHandle()
    {
        LibCrypto.KeyFree(handle);
        return true;
    }

    private static OpenSslKey Checked(OpenSslKey key)
    {
        if (key.IsInvalid)
        {
            Check(0);
        }

        return key;
    }

    private static void Check(int result)
    {
        if (result != 1)
        {
            LibCrypto.ClearErrors();
            throw new System.Security.Cryptography.CryptographicException("libcrypto refused an operation on a key.");
        }
    }
}
