using System.Runtime.InteropServices;

namespace OnionHost.Protocol.Cryptography;

/// <summary>
/// The functions of OpenSSL 3's libcrypto that the base class library does not offer or offers too slowly. Only
/// documented, stable ones. <see cref="IsAvailable"/> says whether they can be called in this process.
/// </summary>
internal static unsafe partial class LibCrypto
{
    public const int KeyTypeX25519 = 1034;
    public const int KeyTypeEd25519 = 1087;
    public const int RsaPkcs1Padding = 1;

    private const string Library = "libcrypto.so.3";

    /// <summary>True if the library is here and is version 3.</summary>
    public static bool IsAvailable { get; } = Probe();

    private static bool Probe()
    {
        try
        {
            return OperatingSystem.IsLinux()
                && NativeLibrary.TryLoad(Library, out var handle)
                && NativeLibrary.TryGetExport(handle, "EVP_MD_CTX_copy_ex", out _)
                && NativeLibrary.TryGetExport(handle, "EVP_PKEY_derive_set_peer_ex", out _);
        }
        catch (Exception e) when (e is BadImageFormatException or DllNotFoundException)
        {
            return false;
        }
    }

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_new")]
    public static partial nint DigestContextNew();

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_free")]
    public static partial void DigestContextFree(nint context);

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_copy_ex")]
    public static partial int DigestContextCopy(nint to, nint from);

    [LibraryImport(Library, EntryPoint = "EVP_sha1")]
    public static partial nint Sha1();

    [LibraryImport(Library, EntryPoint = "EVP_sha3_256")]
    public static partial nint Sha3();

    [LibraryImport(Library, EntryPoint = "EVP_DigestInit_ex")]
    public static partial int DigestInit(nint context, nint type, nint engine);

    [LibraryImport(Library, EntryPoint = "EVP_DigestUpdate")]
    public static partial int DigestUpdate(nint context, byte* data, nuint count);

    [LibraryImport(Library, EntryPoint = "EVP_DigestFinal_ex")]
    public static partial int DigestFinal(nint context, byte* digest, uint* size);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_new_raw_private_key")]
    public static partial nint KeyFromPrivate(int type, nint engine, byte* key, nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_new_raw_public_key")]
    public static partial nint KeyFromPublic(int type, nint engine, byte* key, nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_get_raw_public_key")]
    public static partial int KeyGetPublic(nint key, byte* bytes, nuint* length);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_free")]
    public static partial void KeyFree(nint key);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_CTX_new")]
    public static partial nint KeyContextNew(nint key, nint engine);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_CTX_free")]
    public static partial void KeyContextFree(nint context);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_derive_init")]
    public static partial int DeriveInit(nint context);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_derive_set_peer_ex")]
    public static partial int DeriveSetPeer(nint context, nint peer, int validate);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_derive")]
    public static partial int Derive(nint context, byte* secret, nuint* length);

    [LibraryImport(Library, EntryPoint = "EVP_DigestSignInit")]
    public static partial int SignInit(nint context, nint keyContext, nint digest, nint engine, nint key);

    [LibraryImport(Library, EntryPoint = "EVP_DigestSign")]
    public static partial int Sign(nint context, byte* signature, nuint* length, byte* message, nuint count);

    [LibraryImport(Library, EntryPoint = "EVP_DigestVerifyInit")]
    public static partial int VerifyInit(nint context, nint keyContext, nint digest, nint engine, nint key);

    [LibraryImport(Library, EntryPoint = "EVP_DigestVerify")]
    public static partial int Verify(nint context, byte* signature, nuint length, byte* message, nuint count);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_sign_init")]
    public static partial int RawSignInit(nint context);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_CTX_set_rsa_padding")]
    public static partial int SetRsaPadding(nint context, int padding);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_sign")]
    public static partial int RawSign(nint context, byte* signature, nuint* length, byte* payload, nuint count);

    [LibraryImport(Library, EntryPoint = "ERR_clear_error")]
    public static partial void ClearErrors();
}
