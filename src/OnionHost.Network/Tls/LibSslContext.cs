using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using OnionHost.Protocol;

namespace OnionHost.Network.Tls;

/// <summary>An <c>SSL_CTX</c>: TLS 1.2 and 1.3 only, no tickets, no resumption, no compression, no renegotiation, no chain check.</summary>
internal sealed unsafe class LibSslContext : IDisposable
{
    private nint _handle;

    /// <summary>Creates a context; with a certificate (RSA or elliptic curve, private key exportable) for servers.</summary>
    public LibSslContext(int maxVersion, X509Certificate2? certificate)
    {
        _handle = LibSsl.ContextNew(LibSsl.AnyMethod());
        if (_handle == 0)
        {
            throw Fault("no context could be made");
        }

        Restrict(maxVersion);
        if (certificate is not null)
        {
            Use(certificate);
        }
    }

    ~LibSslContext() => Free();

    /// <summary>A new <c>SSL</c> of this context; the caller frees it.</summary>
    public nint CreateSession()
    {
        ObjectDisposedException.ThrowIf(_handle == 0, this);
        var session = LibSsl.New(_handle);
        return session != 0 ? session : throw Fault("no session could be made");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private static TorException Fault(string what) => new(TorErrorKind.Local, $"TLS: {what}. Is OpenSSL 3 installed whole?");

    private void Restrict(int maxVersion)
    {
        LibSsl.ContextControl(_handle, LibSsl.ControlMinVersion, LibSsl.Tls12, 0);
        LibSsl.ContextControl(_handle, LibSsl.ControlMaxVersion, maxVersion, 0);
        LibSsl.ContextControl(_handle, LibSsl.ControlSessionCacheMode, 0, 0);
        LibSsl.ContextControl(_handle, LibSsl.ControlMode, LibSsl.ModeReleaseBuffers, 0);
        LibSsl.ContextSetOptions(
            _handle, LibSsl.OptionNoTicket | LibSsl.OptionNoCompression | LibSsl.OptionServerPreference | LibSsl.OptionNoRenegotiation);
        LibSsl.ContextSetTickets(_handle, 0);
        LibSsl.ContextSetSecurityLevel(_handle, 1);
        LibSsl.ContextSetVerify(_handle, 0, 0);
        LibSsl.ContextSetCipherSuites(_handle, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256");
        fixed (byte* groups = "X25519:P-256\0"u8)
        {
            LibSsl.ContextControl(_handle, LibSsl.ControlGroups, 0, (nint)groups);
        }
    }

    private void Use(X509Certificate2 certificate)
    {
        var (kind, der) = PrivateKeyOf(certificate);
        try
        {
            fixed (byte* leaf = certificate.RawData)
            fixed (byte* secret = der)
            {
                if (LibSsl.ContextUseCertificate(_handle, certificate.RawData.Length, leaf) != 1
                    || LibSsl.ContextUsePrivateKey(kind, _handle, secret, der.Length) != 1)
                {
                    throw Fault("the link certificate or its key was refused");
                }
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(der);
        }
    }

    private static (int Kind, byte[] Der) PrivateKeyOf(X509Certificate2 certificate)
    {
        using var rsa = certificate.GetRSAPrivateKey();
        if (rsa is not null)
        {
            return (LibSsl.KeyTypeRsa, rsa.ExportRSAPrivateKey());
        }

        using var curve = certificate.GetECDsaPrivateKey() ?? throw Fault("a link certificate needs an RSA or elliptic-curve key");
        return (LibSsl.KeyTypeEllipticCurve, curve.ExportECPrivateKey());
    }

    private void Free()
    {
        var handle = Interlocked.Exchange(ref _handle, 0);
        if (handle != 0)
        {
            LibSsl.ContextFree(handle);
        }
    }
}
