using System.Globalization;
using System.Net.Sockets;
using OnionHost.Protocol.Certificates;
using OnionHost.Protocol.Cryptography;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Directory;

/// <summary>Writes and signs server descriptors in the order that stock authorities want (dir-spec 2.1.1).</summary>
public static class ServerDescriptorBuilder
{
    private static readonly TimeSpan CrossCertificateLifetime = TimeSpan.FromDays(30);

    /// <summary>The signed text.</summary>
    /// <exception cref="ArgumentException">The signing certificate lacks the master identity.</exception>
    public static string Build(ServerDescriptorContent content, ServerDescriptorKeys keys)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(keys);
        var master = keys.SigningCertificate.SigningKey
            ?? throw new ArgumentException("The signing key's certificate must include the master identity.", nameof(keys));
        var writer = new DocumentWriter();
        WriteIdentity(writer, content, keys, master);
        WriteKeys(writer, content, keys, master);
        WriteRoles(writer, content, keys);
        ServerDescriptorSignatures.Sign(writer, keys);
        return writer.ToString();
    }

    private static void WriteIdentity(DocumentWriter writer, ServerDescriptorContent content, ServerDescriptorKeys keys, Ed25519Identity master)
    {
        writer.Line(ServerDescriptor.FirstKeyword, content.Nickname.ToString(), content.Address.ToString(), Number(content.OrPort), "0", Number(content.DirPort))
            .Line("identity-ed25519").Object("ED25519 CERT", keys.SigningCertificate.Bytes.Span)
            .Line("master-key-ed25519", master.ToString());
        if (content.ExtraAddress is { } extra)
        {
            writer.Line("or-address", extra.ToString());
        }

        writer.Line("platform", OneLine(content.Platform))
            .Line("proto", content.Protocols.ToString())
            .Line("published", DocumentTime.Format(content.Published))
            .Line("fingerprint", string.Join(' ', keys.Identity.Public.Fingerprint.ToString().Chunk(4).Select(group => new string(group))))
            .Line("uptime", Number((long)content.Uptime.TotalSeconds))
            .Line("bandwidth", Number(content.BandwidthRate), Number(content.BandwidthBurst), Number(content.BandwidthObserved));
        if (content.IsHibernating)
        {
            writer.Line("hibernating", "1");
        }

        if (content.ExtraInfo is { } extraInfo)
        {
            writer.Line("extra-info-digest", extraInfo.Digest.ToString(), extraInfo.Digest256.ToString());
        }
    }

    private static void WriteKeys(DocumentWriter writer, ServerDescriptorContent content, ServerDescriptorKeys keys, Ed25519Identity master)
    {
        using var converted = Ed25519Conversion.FromCurve25519Secret(keys.OnionKey, out var signBit);
        var crossCertificate = Ed25519Certificate.Create(
            Ed25519CertificateType.NtorOnionKey, master, content.Published + CrossCertificateLifetime, converted, includeSigningKey: false);
        writer.Line("onion-key").Object("RSA PUBLIC KEY", keys.TapOnionKey.Public.Pkcs1.Span)
            .Line("signing-key").Object("RSA PUBLIC KEY", keys.Identity.Public.Pkcs1.Span)
            .Line("onion-key-crosscert")
            .Object("CROSSCERT", keys.TapOnionKey.SignRaw(ServerDescriptorSignatures.OnionKeyCrossCertified(keys.Identity.Public, master)))
            .Line("ntor-onion-key-crosscert", Number(signBit)).Object("ED25519 CERT", crossCertificate.Bytes.Span);
    }

    private static void WriteRoles(DocumentWriter writer, ServerDescriptorContent content, ServerDescriptorKeys keys)
    {
        if (!content.Family.IsEmpty)
        {
            writer.Line("family", [.. content.Family]);
        }

        foreach (var certificate in content.FamilyCertificates)
        {
            writer.Line("family-cert").Object("FAMILY CERT", certificate.Span);
        }

        if (content.IsHiddenServiceDirectory)
        {
            writer.Line("hidden-service-dir");
        }

        if (content.Contact is { Length: > 0 } contact)
        {
            writer.Line("contact", OneLine(contact));
        }

        writer.Line("ntor-onion-key", keys.OnionKey.Public.ToString());
        foreach (var line in content.Policy.DescriptorLines())
        {
            writer.Raw(line + "\n");
        }

        var policyIPv6 = content.Policy.Summarize(AddressFamily.InterNetworkV6);
        if (!policyIPv6.IsRejectAll)
        {
            writer.Line("ipv6-policy", policyIPv6.ToString());
        }

        if (content.IsDirectoryCache)
        {
            writer.Line("tunnelled-dir-server");
        }
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string OneLine(string text) =>
        new([.. text.Select(c => char.IsControl(c) ? ' ' : c)]);
}
