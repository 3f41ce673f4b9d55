using System.Runtime.InteropServices;

namespace OnionHost.Network.Tls;

/// <summary>The public, stable functions of OpenSSL 3 that TLS over memory buffers needs.</summary>
internal static unsafe partial class LibSsl
{
    public const int WantRead = 2;
    public const int ZeroReturn = 6;
    public const int Tls12 = 0x0303;
    public const int Tls13 = 0x0304;
    public const int KeyTypeRsa = 6;
    public const int KeyTypeEllipticCurve = 408;
    public const int ControlMode = 33;
    public const int ControlSessionCacheMode = 44;
    public const int ControlHostName = 55;
    public const int ControlGroups = 92;
    public const int ControlMinVersion = 123;
    public const int ControlMaxVersion = 124;
    public const int ModeReleaseBuffers = 0x10;
    public const ulong OptionNoTicket = 1UL << 14;
    public const ulong OptionNoCompression = 1UL << 17;
    public const ulong OptionServerPreference = 1UL << 22;
    public const ulong OptionNoRenegotiation = 1UL << 30;

    private const string Ssl = "libssl.so.3";
    private const string Crypto = "libcrypto.so.3";

    /// <summary>True if OpenSSL 3 can be called in this process.</summary>
    public static bool IsAvailable { get; } = OperatingSystem.IsLinux()
        && NativeLibrary.TryLoad(Crypto, out _)
        && NativeLibrary.TryLoad(Ssl, out var library)
        && NativeLibrary.TryGetExport(library, "SSL_get1_peer_certificate", out _);

    [LibraryImport(Ssl, EntryPoint = "TLS_method")]
    public static partial nint AnyMethod();

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_new")]
    public static partial nint ContextNew(nint method);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_free")]
    public static partial void ContextFree(nint context);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_ctrl")]
    public static partial nint ContextControl(nint context, int command, nint number, nint pointer);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_options")]
    public static partial ulong ContextSetOptions(nint context, ulong options);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_num_tickets")]
    public static partial int ContextSetTickets(nint context, nuint count);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_security_level")]
    public static partial void ContextSetSecurityLevel(nint context, int level);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_ciphersuites", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ContextSetCipherSuites(nint context, string names);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_verify")]
    public static partial void ContextSetVerify(nint context, int mode, nint callback);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_use_certificate_ASN1")]
    public static partial int ContextUseCertificate(nint context, int length, byte* der);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_use_PrivateKey_ASN1")]
    public static partial int ContextUsePrivateKey(int type, nint context, byte* der, nint length);

    [LibraryImport(Ssl, EntryPoint = "SSL_new")]
    public static partial nint New(nint context);

    [LibraryImport(Ssl, EntryPoint = "SSL_free")]
    public static partial void Free(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_bio")]
    public static partial void SetBuffers(nint ssl, nint read, nint write);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_connect_state")]
    public static partial void SetConnectState(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_accept_state")]
    public static partial void SetAcceptState(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_ctrl")]
    public static partial nint Control(nint ssl, int command, nint number, nint pointer);

    [LibraryImport(Ssl, EntryPoint = "SSL_do_handshake")]
    public static partial int Handshake(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_read")]
    public static partial int Read(nint ssl, byte* buffer, int count);

    [LibraryImport(Ssl, EntryPoint = "SSL_peek")]
    public static partial int Peek(nint ssl, byte* buffer, int count);

    [LibraryImport(Ssl, EntryPoint = "SSL_write")]
    public static partial int Write(nint ssl, byte* buffer, int count);

    [LibraryImport(Ssl, EntryPoint = "SSL_get_error")]
    public static partial int GetError(nint ssl, int result);

    [LibraryImport(Ssl, EntryPoint = "SSL_get1_peer_certificate")]
    public static partial nint PeerCertificate(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_export_keying_material", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Export(
        nint ssl, byte* destination, nuint size, string label, nuint labelSize, byte* context, nuint contextSize, int useContext);

    [LibraryImport(Crypto, EntryPoint = "i2d_X509")]
    public static partial int CertificateToDer(nint certificate, byte** der);

    [LibraryImport(Crypto, EntryPoint = "X509_free")]
    public static partial void CertificateFree(nint certificate);

    [LibraryImport(Crypto, EntryPoint = "BIO_s_mem")]
    public static partial nint MemoryBuffer();

    [LibraryImport(Crypto, EntryPoint = "BIO_new")]
    public static partial nint BufferNew(nint type);

    [LibraryImport(Crypto, EntryPoint = "BIO_read")]
    public static partial int BufferRead(nint buffer, byte* destination, int count);

    [LibraryImport(Crypto, EntryPoint = "BIO_write")]
    public static partial int BufferWrite(nint buffer, byte* source, int count);

    [LibraryImport(Crypto, EntryPoint = "BIO_ctrl_pending")]
    public static partial nuint BufferPending(nint buffer);

    [LibraryImport(Crypto, EntryPoint = "ERR_clear_error")]
    public static partial void ClearErrors();

    [LibraryImport(Crypto, EntryPoint = "ERR_peek_last_error")]
    public static partial nuint LastError();

    [LibraryImport(Crypto, EntryPoint = "ERR_reason_error_string")]
    public static partial nint ErrorReason(nuint error);
}
