using System.Globalization;
using System.Security.Cryptography;
using OnionHost.Network;
using OnionHost.Protocol;
using OnionHost.Protocol.Certificates;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Directory;
using OnionHost.Protocol.Identities;

namespace OnionHost.Dht.Descriptors;

/// <summary>Builds a service's descriptor: content, client authorization, encryption, signature (rend-spec-v3 2.4, 2.5).</summary>
internal static class DescriptorEncoder
{
    /// <summary>The text to upload.</summary>
    /// <param name="descriptor">What the service says.</param>
    /// <param name="keys">The keys of the period.</param>
    /// <param name="revision">Larger than in every earlier descriptor with the same keys.</param>
    /// <param name="authorizedClients">Who can read it; empty for everybody.</param>
    /// <param name="context">Time for the certificates, randomness for salts and keys.</param>
    /// <exception cref="TorException">It would be longer than directories accept: too many authorized clients.</exception>
    public static string Encode(
        OnionDescriptor descriptor,
        DescriptorKeys keys,
        ulong revision,
        IReadOnlyList<Curve25519PublicKey> authorizedClients,
        NodeContext context)
    {
        var expiration = context.Now + DescriptorLimits.CertificateLifetime;
        var inner = System.Text.Encoding.UTF8.GetBytes(InnerText.Format(descriptor, keys.Signing, expiration));
        var middle = Middle(inner, keys, revision, authorizedClients, context.Random);
        var secret = new LayerSecret(keys.Key.Span, keys.Subcredential.Span, revision);
        var text = Outer(DescriptorLayer.Seal(middle, secret, DescriptorLayer.Outer, context.Random), keys, revision, expiration);
        return text.Length <= DescriptorLimits.MaxSize
            ? text
            : throw new TorException(
                TorErrorKind.Local,
                $"The onion service's descriptor would have {text.Length} bytes; directories take {DescriptorLimits.MaxSize}. Revoke cookies that are not used any more.");
    }

    private static byte[] Middle(
        ReadOnlySpan<byte> inner, DescriptorKeys keys, ulong revision, IReadOnlyList<Curve25519PublicKey> clients, IRandomSource random)
    {
        using var ephemeral = X25519KeyPair.Generate(random);
        var cookie = clients.Count == 0 ? [] : random.Bytes(ClientAuthorization.CookieSize);
        var writer = new DocumentWriter()
            .Line("desc-auth-type", "x25519")
            .Line("desc-auth-ephemeral-key", Convert.ToBase64String(ephemeral.Public.Span));
        ClientAuthorization.Write(
            writer, clients, ephemeral, keys.Subcredential.Span, clients.Count == 0 ? random.Bytes(ClientAuthorization.CookieSize) : cookie, random);
        var secret = new LayerSecret(keys.Key.Span, keys.Subcredential.Span, revision, cookie);
        writer.Line("encrypted").Object("MESSAGE", DescriptorLayer.Seal(inner, secret, DescriptorLayer.Inner, random));
        CryptographicOperations.ZeroMemory(cookie);

        // Stock writes no newline after the last line, and pads with NUL.
        var text = writer.ToBytes().AsSpan()[..^1];
        var padded = new byte[(text.Length + DescriptorLimits.PaddingUnit - 1) / DescriptorLimits.PaddingUnit * DescriptorLimits.PaddingUnit];
        text.CopyTo(padded);
        return padded;
    }

    private static string Outer(ReadOnlySpan<byte> encrypted, DescriptorKeys keys, ulong revision, DateTimeOffset expiration)
    {
        var certificate = Ed25519Certificate.Create(
            Ed25519CertificateType.OnionDescriptorSigning, keys.Signing.Public, expiration, keys.Blinded);
        var writer = new DocumentWriter()
            .Line("hs-descriptor", "3")
            .Line("descriptor-lifetime", DescriptorLimits.Lifetime.TotalMinutes.ToString(CultureInfo.InvariantCulture))
            .Line("descriptor-signing-key-cert")
            .Object("ED25519 CERT", certificate.Bytes.Span)
            .Line("revision-counter", revision.ToString(CultureInfo.InvariantCulture))
            .Line("superencrypted")
            .Object("MESSAGE", encrypted);
        var signed = System.Text.Encoding.ASCII.GetBytes(OuterDescriptor.SignaturePrefix + writer);
        return writer.Line("signature", Protocol.Encoding.Text.EncodeBase64(keys.Signing.Sign(signed))).ToString();
    }
}
