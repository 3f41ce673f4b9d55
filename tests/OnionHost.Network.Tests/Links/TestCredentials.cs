using OnionHost.Protocol.Certificates;
using OnionHost.Protocol.Cryptography;

namespace OnionHost.Network.Tests.Links;

/// <summary>Credentials of made-up relays.</summary>
internal static class TestCredentials
{
    public static LinkCredentials Create(DateTimeOffset? now = null)
    {
        var time = now ?? TimeProvider.System.GetUtcNow();
        var random = SystemRandomSource.Instance;
        using var rsa = RsaKeyPair.Generate(1024);
        using var master = Ed25519KeyPair.Generate(random);
        using var signing = Ed25519KeyPair.Generate(random);
        var certificate = Ed25519Certificate.Create(Ed25519CertificateType.SigningKey, signing.Public, time.AddDays(30), master);
        return LinkCredentials.Create(rsa, signing, certificate, time, random, LinkLeafKind.EllipticCurve);
    }
}
