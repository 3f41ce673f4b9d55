using System.Collections.Immutable;
using System.Security.Cryptography;
using OnionHost.Protocol.Identities;

namespace OnionHost.Protocol.Directory;

/// <summary>
/// What clients need to know of a relay and the consensus does not say (dir-spec 3.3). It carries no signature:
/// the consensus names its digest.
/// </summary>
public sealed class Microdescriptor
{
    /// <summary>The longest document, in bytes.</summary>
    public const int MaximumSize = 32 * 1024;

    /// <summary>The keyword that opens each microdescriptor, for <see cref="DocumentReader.Split"/>.</summary>
    public const string FirstKeyword = "onion-key";

    private readonly byte[] _bytes;

    private Microdescriptor(byte[] bytes, DocumentSection section)
    {
        _bytes = bytes;
        Digest = new Digest256(SHA256.HashData(bytes));
        section.First(FirstKeyword);
        OnionKey = Curve25519PublicKey.Parse(section.One("ntor-onion-key").Argument(0));
        Identity = ReadIdentity(section);
        Family = section.Optional("family")?.Arguments ?? [];
        FamilyIds = section.Optional("family-ids")?.Arguments ?? [];
        Policy = section.Optional("p") is { } p ? ExitPolicySummary.Parse(p.ArgumentText) : ExitPolicySummary.RejectAll;
        PolicyIPv6 = section.Optional("p6") is { } p6 ? ExitPolicySummary.Parse(p6.ArgumentText) : ExitPolicySummary.RejectAll;
    }

    /// <summary>SHA-256 of the whole text.</summary>
    public Digest256 Digest { get; }

    /// <summary>The key for ntor handshakes.</summary>
    public Curve25519PublicKey OnionKey { get; }

    /// <summary>The relay's Ed25519 identity; null if it gives none.</summary>
    public Ed25519Identity? Identity { get; }

    /// <summary>The relays it says it belongs to: <c>$FINGERPRINT</c> or nicknames in lower case. Counts only if mutual.</summary>
    public ImmutableArray<string> Family { get; }

    /// <summary>The families that certified it, such as <c>ed25519:KEY</c>.</summary>
    public ImmutableArray<string> FamilyIds { get; }

    /// <summary>The IPv4 ports that it opens as an exit.</summary>
    public ExitPolicySummary Policy { get; }

    /// <summary>The IPv6 ports that it opens as an exit.</summary>
    public ExitPolicySummary PolicyIPv6 { get; }

    /// <summary>The document's bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>Reads one microdescriptor, exactly the bytes that its digest covers.</summary>
    /// <exception cref="ProtocolException">It is malformed.</exception>
    public static Microdescriptor Parse(ReadOnlySpan<byte> document)
    {
        if (document.Length > MaximumSize)
        {
            throw new ProtocolException($"A microdescriptor is longer than {MaximumSize} bytes.");
        }

        var bytes = document.ToArray();
        return new Microdescriptor(bytes, DocumentSection.ReadAll("microdescriptor", new DocumentReader(bytes)));
    }

    /// <summary>Makes the microdescriptor that all authorities make from a descriptor with a consensus method, 32 to 35 (dir-spec 3.3).</summary>
    public static Microdescriptor FromServerDescriptor(ServerDescriptor descriptor, int method)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        var writer = new DocumentWriter()
            .Line(FirstKeyword).Object("RSA PUBLIC KEY", descriptor.TapOnionKey.Pkcs1.Span)
            .Line("ntor-onion-key", descriptor.OnionKey.ToString());
        var family = RelayFamily.Canonicalize(descriptor.Family, descriptor.Fingerprint);
        if (family.Length > 0)
        {
            writer.Line("family", [.. family]);
        }

        if (method >= 35 && descriptor.FamilyIds.Length > 0)
        {
            writer.Line("family-ids", [.. descriptor.FamilyIds.Distinct().Order(StringComparer.Ordinal)]);
        }

        var policy = descriptor.Policy.Summarize();
        if (!policy.IsRejectAll)
        {
            writer.Line("p", policy.ToString());
        }

        if (!descriptor.PolicyIPv6.IsRejectAll)
        {
            writer.Line("p6", descriptor.PolicyIPv6.ToString());
        }

        writer.Line("id", "ed25519", descriptor.Identity.ToString());
        return Parse(writer.ToBytes());
    }

    private static Ed25519Identity? ReadIdentity(DocumentSection section)
    {
        var ids = section.Many("id").Where(id => id.Argument(0) == "ed25519").ToList();
        return ids.Count switch
        {
            0 => null,
            1 => Ed25519Identity.Parse(ids[0].Argument(1)),
            _ => throw new ProtocolException("A microdescriptor has more than one Ed25519 identity."),
        };
    }
}
