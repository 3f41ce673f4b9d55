using OnionHost.Protocol.Cryptography;

namespace OnionHost.Protocol.Tests.Cryptography;

/// <summary>Runs a theory on managed code and on OpenSSL; the latter is skipped where libcrypto is missing.</summary>
internal static class BothBackends
{
    public static TheoryData<string> Names => new(nameof(CryptographyBackend.Managed), nameof(CryptographyBackend.OpenSsl));

    public static CryptographyBackend Choose(string name)
    {
        var backend = Enum.Parse<CryptographyBackend>(name);
        Skip.If(backend == CryptographyBackend.OpenSsl && !LibCrypto.IsAvailable, "libcrypto 3 cannot be loaded here.");
        return backend;
    }
}
