using System.Security.Cryptography.X509Certificates;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Encoding;

namespace OnionHost.Protocol.Certificates;

/// <summary>Names in the shape that the network's TLS certificates have, made up each time.</summary>
internal static class CertificateNames
{
    private const int RandomBytes = 10;

    public static X500DistinguishedName Issuer(IRandomSource random) => new($"CN=www.{Label(random)}.com");

    public static X500DistinguishedName Subject(IRandomSource random) => new($"CN=www.{Label(random)}.net");

    private static string Label(IRandomSource random) => Text.EncodeBase32(random.Bytes(RandomBytes));
}
